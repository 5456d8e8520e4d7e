def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return (
        f"# which route fails?\n"
        f"sum by(route) (rate({failed}[1m])) "
        f"/ sum by(route) (rate({every}[1m]))"
    )
