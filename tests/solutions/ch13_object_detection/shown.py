def to_shown(box, frame, element):
    width, height = frame
    wide, high = element
    scale = min(wide / width, high / height)
    x, y = (wide - width * scale) / 2, (high - height * scale) / 2
    left, top, right, bottom = (side * scale for side in box)
    return x + left, y + top, x + right, y + bottom
