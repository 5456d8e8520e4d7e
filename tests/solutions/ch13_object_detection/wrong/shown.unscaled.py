# expect: so it is shown twice
def to_shown(box, frame, element):
    return box
