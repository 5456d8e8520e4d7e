def place_order(database, prompt, send):
    """Store the order and its message, commit, then send. The plate's id."""
    cursor = database.cursor()
    cursor.execute("INSERT INTO plates VALUES (NULL, ?, ?)", (prompt, "queued"))
    plate_id = cursor.lastrowid
    cursor.execute("INSERT INTO outgoing (plate_id) VALUES (?)", (plate_id,))
    database.commit()
    deliver(database, plate_id, send)
    return plate_id


def deliver(database, plate_id, send):
    try:
        send(plate_id)
    except ConnectionError:
        return False
    with database:
        database.execute("DELETE FROM outgoing WHERE plate_id = ?", (plate_id,))
    return True


def relay(database, send):
    """Send what waits, the oldest first, until there is no answer."""
    waiting = database.execute("SELECT plate_id FROM outgoing ORDER BY plate_id")
    for (plate_id,) in waiting.fetchall():
        if not deliver(database, plate_id, send):
            break
