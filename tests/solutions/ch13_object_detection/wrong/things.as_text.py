# expect: Expected a list of dictionaries
def to_things(scores, labels, boxes, names, threshold):
    return {"objects": len(scores)}
