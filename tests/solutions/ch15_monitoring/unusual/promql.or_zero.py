def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return (
        f"(sum by(route) (rate({failed}[1m])) "
        f"or sum by(route) (rate({every}[1m])) * 0) "
        f"/ sum by(route) (rate({every}[1m]))"
    )
