def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def iou(one, other):
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    union = area(one) + area(other) - wide * high
    return wide * high / union if union else 0.0
