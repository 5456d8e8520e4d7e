# expect: who sends one message forgets that one
def place_order(database, prompt, send):
    """Store the order and its message, commit, then send. The plate's id."""
    with database:
        cursor = database.execute(
            "INSERT INTO plates (prompt, state) VALUES (?, 'queued')", (prompt,)
        )
        plate_id = cursor.lastrowid
        database.execute("INSERT INTO outgoing VALUES (?)", (plate_id,))
    deliver(database, plate_id, send)
    return plate_id


def deliver(database, plate_id, send):
    try:
        send(plate_id)
    except ConnectionError:
        return False
    with database:
        database.execute("DELETE FROM outgoing WHERE plate_id <= ?", (plate_id,))
    return True


def relay(database, send):
    """Send what waits, the oldest first, until there is no answer."""
    waiting = database.execute("SELECT plate_id FROM outgoing ORDER BY plate_id")
    for (plate_id,) in waiting.fetchall():
        if not deliver(database, plate_id, send):
            break
