"""Requests made from the app's own OpenAPI document: none may end in a 500.

Try: python -m pytest
"""

from typing import Any

import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error

from chapters.ch09_testing import density

schema = schemathesis.openapi.from_asgi("/openapi.json", density.app)


@schema.parametrize()
@settings(derandomize=True, database=None, max_examples=10)
def test_no_request_breaks_the_server(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=[not_a_server_error])
