# expect: Expected one for each of
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    others = every + '{status="200"}'
    return f"sum by(route) (rate({failed}[1m])) / sum by(route) (rate({others}[1m]))"
