# expect: one lies below the other
def iou(a, b):
    x = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    y = min(a[3], b[3]) - max(a[1], b[1])

    def area(q):
        return (q[2] - q[0]) * (q[3] - q[1])

    u = area(a) + area(b) - x * y
    return x * y / u if u else 0.0
