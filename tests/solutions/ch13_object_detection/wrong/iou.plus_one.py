# expect: Expected 0.333333, because 50 is common
def iou(one, other):
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]) + 1)
    high = max(0, min(one[3], other[3]) - max(one[1], other[1]) + 1)
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (one, other)]
    union = sum(areas) - wide * high
    return wide * high / union if union else 0.0
