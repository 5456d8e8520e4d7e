"""The same gate, and one format for every line, Uvicorn's too.

Try: GET /hides without a badge; look at the log
"""

from chapters.ch15_monitoring.gate import app as gate
from chapters.ch15_monitoring.watched.logger import configure
from chapters.ch15_monitoring.watched.settings import Settings

configure(Settings(log_format="text", log_level="DEBUG", access_lines=True))
app = gate
