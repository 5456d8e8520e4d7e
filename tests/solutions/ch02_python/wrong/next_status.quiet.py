# expect: which is no status, and got `'lost'`
def next_status(status: str) -> str:
    match status:
        case "reported":
            return "reviewed"
        case "reviewed":
            return "confirmed"
        case "confirmed":
            return "published"
        case _:
            return status
