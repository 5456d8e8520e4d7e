def to_things(scores, labels, boxes, names, threshold):
    rows = zip(scores, labels, boxes, strict=True)
    found = [
        {
            "label": names[int(label)],
            "score": round(float(score), 3),
            "box": [round(float(side), 1) for side in box],
        }
        for score, label, box in rows
        if score >= threshold
    ]
    return sorted(found, key=lambda thing: thing["score"], reverse=True)
