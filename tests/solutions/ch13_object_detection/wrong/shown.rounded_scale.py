# expect: in five thirty-seconds of its size
def to_shown(box, frame, element):
    (w, h), (W, H) = frame, element
    k = round(min(W / w, H / h), 1)
    o = [(W - k * w) / 2, (H - k * h) / 2] * 2
    return [k * v + d for v, d in zip(box, o, strict=False)]
