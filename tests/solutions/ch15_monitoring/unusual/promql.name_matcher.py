def failing() -> str:
    every = "observatory_http_requests_total"
    failed = f'{{__name__="{every}", status=~"5[0-9]{{2}}"}}'
    return f"sum by(route) (rate({failed}[1m])) / sum by(route) (rate({every}[1m]))"
