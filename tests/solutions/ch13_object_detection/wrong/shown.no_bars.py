# expect: as large, with bars of
def to_shown(box, frame, element):
    scale = min(element[0] / frame[0], element[1] / frame[1])
    return tuple(side * scale for side in box)
