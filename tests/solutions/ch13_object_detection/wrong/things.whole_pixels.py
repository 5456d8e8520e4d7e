# expect: because a tenth of a pixel is more than enough
def to_things(scores, labels, boxes, names, threshold):
    found = [
        {
            "label": names[int(label)],
            "score": round(float(score), 3),
            "box": [int(side) for side in box],
        }
        for score, label, box in zip(scores, labels, boxes, strict=True)
        if score >= threshold
    ]
    return sorted(found, key=lambda thing: -thing["score"])
