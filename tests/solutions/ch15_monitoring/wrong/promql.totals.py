# expect: all of its failures lie before the last minute
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = 'observatory_http_requests_total{status=~"5.."}'
    return f"sum by(route) ({failed}) / sum by(route) ({every})"
