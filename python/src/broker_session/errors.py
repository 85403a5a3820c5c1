"""Failures, by what their caller can do."""

import json
from contextlib import suppress

__all__ = ["BrokerSessionError", "ConfigError", "WrongCredentials", "AccountLocked", "PersonNeeded", "RateLimited"]
__all__ += ["NetworkError", "StoreError"]


class BrokerSessionError(Exception):
    """A failure. Its string says what happened, why, and how to fix it; it has no secret."""

    kind: str = "other"  # As the program's documentation lists them.
    retry_after: int | None = None  # How many seconds to wait before the next request, if it is known.
    login_url: str | None = None  # The page that a person must open in a browser, if there is one.


class ConfigError(BrokerSessionError):
    """Wrong arguments, incomplete settings, or no program. Nothing was sent."""

    kind = "config"


class WrongCredentials(BrokerSessionError):
    """The password, code, PIN or token was rejected. The program does not send it again."""


class AccountLocked(BrokerSessionError):
    """Only the broker can unlock the account."""


class PersonNeeded(BrokerSessionError):
    """A person must sign in: at `login_url` in a browser, or with `broker-session login`."""


class RateLimited(BrokerSessionError):
    """Too many requests, or too many sessions that were refused. Wait for `retry_after` seconds."""


class NetworkError(BrokerSessionError):
    """The broker, or `broker-session serve`, could not be reached or did not respond in time."""

    kind = "unavailable"


class StoreError(BrokerSessionError):
    """The session store cannot be used."""


_KINDS = {
    "config": ConfigError, "credentials": WrongCredentials, "second_factor": WrongCredentials, "locked": AccountLocked,
    "session_expired": PersonNeeded, "login_required": PersonNeeded, "rate_limited": RateLimited, "store": StoreError,
    "timeout": NetworkError, "unavailable": NetworkError,
}


def reported(body: str | bytes) -> BrokerSessionError | None:
    """The failure that the program or `serve` has reported; none if the body is something else."""
    with suppress(LookupError, TypeError, ValueError):
        error = json.loads(body)["error"]
        kind, message, hint = str(error["kind"]), str(error["message"]).strip(), str(error["hint"] or "")
        if hint not in message:
            message = f"{message} {hint}" if message.endswith((".", "!", "?")) else f"{message}. {hint}"
        failure = _KINDS.get(kind, BrokerSessionError)(message)
        failure.kind, failure.retry_after, failure.login_url = kind, error.get("retry_after"), error.get("login_url")
        return failure
    return None
