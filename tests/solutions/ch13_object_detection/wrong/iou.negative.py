# expect: because they do not meet
def iou(one, other):
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (
        other[3] - other[1]
    )
    both = wide * high
    return both / (union - both) if union - both else 0.0
