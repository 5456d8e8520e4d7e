def next_status(status: str) -> str:
    match status:
        case "reported":
            return "reviewed"
        case "reviewed":
            return "confirmed"
        case "confirmed" | "published":
            return "published"
        case _:
            raise ValueError(f"no such status: {status!r}")
