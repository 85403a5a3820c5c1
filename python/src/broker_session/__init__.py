"""Sessions with brokers, for requests and httpx. The program `broker-session` signs in and renews.

`session` and `Auth` take the broker (`neo`, `kotak` or `ibkr`), and by keyword

- `profile`: the profile in the program's config file, if it is not `default`.
- `via`: `token` asks the program for the session; `serve` sends requests through a running `broker-session serve`. The
  default is `token`, and `serve` for `ibkr`, where requests are signed or the session must be kept alive.
- `url`, `token_file`: where `serve` is, if it is not where it is by default.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Unpack

from ._source import Options
from .errors import *  # noqa: F403

if TYPE_CHECKING:
    from ._httpx import Auth as Auth
    from ._requests import Session as Session


def session(broker: str, **options: Unpack[Options]) -> "Session":
    """A `requests.Session` with the broker's session on each request; see the module for the arguments."""
    from ._requests import Session

    return Session(broker, **options)


if not TYPE_CHECKING:

    def __getattr__(name):
        """Imports requests or httpx when it is needed: nobody needs both."""
        if module := {"Auth": "._httpx", "Session": "._requests"}.get(name):
            return getattr(import_module(module, __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
