# expect: got inf for `/hides`
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return f"sum by(route) (rate({every}[1m])) / sum by(route) (rate({failed}[1m]))"
