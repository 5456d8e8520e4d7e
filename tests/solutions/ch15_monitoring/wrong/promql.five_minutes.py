# expect: all of its failures lie before the last minute
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return f"sum by(route) (rate({failed}[5m])) / sum by(route) (rate({every}[5m]))"
