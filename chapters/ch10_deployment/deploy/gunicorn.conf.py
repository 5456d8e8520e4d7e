"""gunicorn's settings. Run: gunicorn -c deploy/gunicorn.conf.py station.main:app"""

import multiprocessing

bind = "127.0.0.1:8000"
worker_class = "asgi"
workers = multiprocessing.cpu_count()
timeout = 30  # a worker that is silent for so long is killed and replaced
graceful_timeout = 20  # for requests in flight, after SIGTERM or SIGHUP
max_requests = 10_000  # a slow leak of memory ends here
max_requests_jitter = 1_000  # and not in all workers at once
control_socket_disable = True
