def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return (
        f"sum without(status, instance) (rate({failed}[1m])) "
        f"/ sum without(status, instance) (rate({every}[1m]))"
    )
