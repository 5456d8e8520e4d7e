"""A module is a file, a package is a folder, and `import` runs either only once.

Try: python -i -m chapters.ch02_python.modules
"""

import datetime
import importlib
import sys
from datetime import date

GUIDE = f"{__package__}.field_guide"


def opened_on(year: int, month: int, day: int) -> date:
    """`import datetime` or `from datetime import date`: the same class."""
    return datetime.date(year, month, day)


def close_guide() -> None:
    """Forget the guide, as if this process had never imported it."""
    for name in [name for name in sys.modules if name.startswith(GUIDE)]:
        del sys.modules[name]


def open_guide() -> int:
    """The first call runs the package's `__init__`, the others find it loaded."""
    guide = importlib.import_module(GUIDE)
    edition: int = guide.EDITION
    return edition
