# expect: all requests of the whole minute
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return f"sum by(route) (irate({failed}[1m])) / sum by(route) (irate({every}[1m]))"
