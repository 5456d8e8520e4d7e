# expect: because the first question in the night is *where*
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = 'observatory_http_requests_total{status=~"5.."}'
    return f"sum(rate({failed}[1m])) / sum(rate({every}[1m]))"
