def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return (
        f"sum by(route) (increase({failed}[1m])) "
        f"/ sum by(route) (increase({every}[1m]))"
    )
