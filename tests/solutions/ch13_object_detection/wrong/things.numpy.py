# expect: NumPy's numbers cannot be sent as JSON
def to_things(scores, labels, boxes, names, threshold):
    found = [
        {"label": names[int(label)], "score": score, "box": list(box)}
        for score, label, box in zip(scores, labels, boxes, strict=True)
        if score >= threshold
    ]
    return sorted(found, key=lambda thing: -thing["score"])
