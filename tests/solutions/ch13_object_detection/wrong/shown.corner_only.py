# expect: so it is shown twice
def to_shown(box, frame, element):
    scale = min(element[0] / frame[0], element[1] / frame[1])
    return box[0] * scale, box[1] * scale
