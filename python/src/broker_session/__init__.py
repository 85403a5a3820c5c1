"""Sessions with brokers, for requests and httpx. The program `broker-session` signs in and renews.

`session` and `Auth` take the broker (`neo`, `kotak` or `ibkr`), and by keyword

- `profile`: the profile in the program's config file, if it is not `default`.
- `via`: `token` asks the program for the session; `serve` sends requests through a running `broker-session serve`. The
  default is `token`, and `serve` for `ibkr`, where requests are signed or the session must be kept alive.
- `url`, `token_file`: where `serve` is, if it is not where it is by default.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import *  # noqa: F403

if TYPE_CHECKING:
    from ._httpx import Auth as Auth
    from ._requests import Session as Session, session as session
else:

    def __getattr__(name):
        """Imports requests or httpx when it is needed: nobody needs both."""
        library = {"Auth": "httpx", "Session": "requests", "session": "requests"}.get(name)
        if library is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(import_module(f"._{library}", __name__), name)
        except ImportError as error:
            raise ImportError(f'{library} is missing. Run: pip install "broker-session[{library}]"') from error
