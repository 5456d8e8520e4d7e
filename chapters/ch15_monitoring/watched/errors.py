"""Errors go to an error tracker (Sentry's protocol), without secrets and addresses."""

from typing import TYPE_CHECKING

import sentry_sdk
from sentry_sdk.integrations.dramatiq import DramatiqIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.loguru import LoguruIntegration

from chapters.ch15_monitoring.watched.redaction import scrub
from chapters.ch15_monitoring.watched.request_id import current
from chapters.ch15_monitoring.watched.settings import Settings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def cleaned(event: "Event", hint: "Hint") -> "Event | None":
    """The last look at what leaves the process."""
    event.setdefault("tags", {})["request_id"] = current.get()
    clean: Event = scrub(event)
    return clean


def report_errors(settings: Settings) -> None:
    """Call it before the app and the broker are made: it watches how they are made."""
    if settings.sentry_dsn is None:
        return
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        server_name=settings.service,
        before_send=cleaned,
        send_default_pii=False,  # no cookies, no addresses, no users
        include_local_variables=False,  # they hold what nobody meant to send
        max_request_body_size="never",
        # Log lines stay in the log: what raises is reported once, where it does.
        integrations=[DramatiqIntegration(), LoggingIntegration(None, None)],
        disabled_integrations=[LoguruIntegration()],
    )
