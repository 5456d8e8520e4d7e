# expect: those before the process began anew
def failing() -> str:
    every = "observatory_http_requests_total"
    failed = every + '{status=~"5.."}'
    return (
        f"rate(sum by(route) ({failed})[1m:15s]) "
        f"/ rate(sum by(route) ({every})[1m:15s])"
    )
