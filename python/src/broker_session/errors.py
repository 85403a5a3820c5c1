"""Failures, by what their caller can do."""

import json

__all__ = ["BrokerSessionError", "ConfigError", "ProgramMissing", "WrongCredentials", "AccountLocked", "PersonNeeded"]
__all__ += ["RateLimited", "NetworkError", "StoreError"]


class BrokerSessionError(Exception):
    """A failure. Its string says what happened, why, and how to fix it; it has no secret."""

    kind: str = "other"  # As the program's documentation lists them.
    retry_after: int | None = None  # How many seconds to wait before the next request, if it is known.
    login_url: str | None = None  # The page that a person must open in a browser, if there is one.


class ConfigError(BrokerSessionError):
    """Wrong usage or incomplete settings. Nothing was sent."""

    kind = "config"


class ProgramMissing(ConfigError):
    """The program `broker-session` cannot be found or started."""


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
    "login_required": PersonNeeded, "rate_limited": RateLimited, "store": StoreError, "timeout": NetworkError,
    "unavailable": NetworkError,
}


def reported(body: str | bytes) -> BrokerSessionError | None:
    """The failure that the program or `serve` has reported; none if the body is something else."""
    try:
        error = json.loads(body)["error"]
        kind, message, hint = str(error["kind"]), str(error["message"]), str(error["hint"] or "")
    except (LookupError, TypeError, ValueError):
        return None
    failure = _KINDS.get(kind, BrokerSessionError)(message if hint in message else f"{message} {hint}")
    failure.kind, failure.retry_after, failure.login_url = kind, error.get("retry_after"), error.get("login_url")
    return failure
