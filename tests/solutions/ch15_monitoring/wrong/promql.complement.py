# expect: Expected one for each of
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status!~"5.."}'
    return f"1 - sum by(route) (rate({failed}[1m])) / sum by(route) (rate({every}[1m]))"
