# expect: before anything is rounded
def to_things(scores, labels, boxes, names, threshold):
    return sorted(
        [
            {
                "label": names[int(n)],
                "score": round(float(s), 3),
                "box": [round(float(x), 1) for x in b],
            }
            for s, n, b in zip(scores, labels, boxes, strict=False)
            if round(float(s), 3) >= threshold
        ],
        key=lambda t: -t["score"],
    )
