# expect: Expected one for each of
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = 'observatory_http_requests_total{status="500"}'
    return f"sum by(route) (rate({failed}[1m])) / sum by(route) (rate({every}[1m]))"
