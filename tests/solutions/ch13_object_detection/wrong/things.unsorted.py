# expect: the best first, because a client reads from the top
def to_things(scores, labels, boxes, names, threshold):
    return [
        {
            "label": names[int(label)],
            "score": round(float(score), 3),
            "box": [round(float(side), 1) for side in box],
        }
        for score, label, box in sorted(
            zip(scores, labels, boxes, strict=True), key=lambda r: r[0]
        )
        if score >= threshold
    ]
