# expect: Expected nothing there
def draw(plate_id, rows, paint, objects):
    """Draw a plate once, however often its message comes."""
    row = rows.get(plate_id)
    if row is None or row["state"] not in ("queued", "running"):
        return
    row["state"] = "running"
    try:
        picture = paint(row["prompt"])
    except Exception as error:
        objects[f"{plate_id}.png"] = b""
        row["attempts"] += 1
        if row["attempts"] >= 3:
            row["state"], row["reason"] = "failed", str(error)
            return
        row["state"] = "queued"
        raise
    objects[f"{plate_id}.png"] = picture
    row["state"] = "done"
