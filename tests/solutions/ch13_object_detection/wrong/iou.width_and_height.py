# expect: because 50 is common, of 150 in all
def iou(one, other):
    (x, y, w, h), (a, b, c, d) = one, other
    wide = max(0, min(x + w, a + c) - max(x, a))
    high = max(0, min(y + h, b + d) - max(y, b))
    union = w * h + c * d - wide * high
    return wide * high / union if union else 0.0
