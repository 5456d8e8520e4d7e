# expect: Expected 0.333333
def iou(a, b):
    x = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    y = max(0, min(a[3], b[3]) - max(a[1], b[1]))

    def area(q):
        return (q[2] - q[0]) * (q[3] - q[1])

    u = area(a) + area(b) - x * y
    return round(x * y / u, 3) if u else 0.0
