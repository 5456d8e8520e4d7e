# expect: and Prometheus said:
def failing() -> str:
    return "sum by(route) (rate(observatory_http_requests_total[1m])"
