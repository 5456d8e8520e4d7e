# expect: the name of its label
def to_things(scores, labels, boxes, names, threshold):
    found = [
        {
            "label": int(label),
            "score": round(float(score), 3),
            "box": [round(float(side), 1) for side in box],
        }
        for score, label, box in zip(scores, labels, boxes, strict=True)
        if score >= threshold
    ]
    return sorted(found, key=lambda thing: -thing["score"])
