# expect: Expected one for each of
def failing() -> str:
    good = 'observatory_http_requests_total{status="200"}'
    failed = 'observatory_http_requests_total{status=~"5.."}'
    return f"sum by(route) (rate({failed}[1m])) / sum by(route) (rate({good}[1m]))"
