"""Does an application do what its OpenAPI document says, whatever it is asked?

Try: print(breaches(app)) for any FastAPI app; an empty list is a promise kept.
"""

import warnings
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import HypothesisDeprecationWarning
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def breaches(app: FastAPI, *, asked: int = 25, **sent: Any) -> list[str]:
    """Ask each operation up to `asked` times, the same requests in every run.

    Returns a line a breach: operation, what was broken, how to ask for it again.
    `sent` goes with each request, `headers={"X-Key": ...}` for instance.
    """
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    found: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=asked,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        def keeps_its_word(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, **sent)

        try:
            with warnings.catch_warnings():
                # Threads that other tests have left use `random` too.
                warnings.simplefilter("ignore", HypothesisDeprecationWarning)
                keeps_its_word()
        except FailureGroup as group:
            found += [f"{operation.label}: {error}" for error in group.exceptions]
        except Exception as crash:  # raised here, a 500 from a server
            how = "".join(getattr(crash, "__notes__", [])[:1])
            found.append(f"{operation.label}: {crash!r} {how}")
    return found
