# expect: those before the process began anew
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return f"sum by(route) (delta({failed}[1m])) / sum by(route) (delta({every}[1m]))"
