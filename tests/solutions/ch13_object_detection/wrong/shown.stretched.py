# expect: as large, with bars of
def to_shown(box, frame, element):
    across, down = element[0] / frame[0], element[1] / frame[1]
    left, top, right, bottom = box
    return left * across, top * down, right * across, bottom * down
