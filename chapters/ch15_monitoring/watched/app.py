"""Any ASGI application, watched: WATCH_APP names it.

Run: WATCH_METRICS_TOKEN=... uvicorn chapters.ch15_monitoring.watched.app:app
"""

from chapters.ch15_monitoring.watched.around import make

app = make()
