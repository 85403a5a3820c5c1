"""Sessions with brokers, for requests and httpx. The program `broker-session` signs in and renews.

`session` and `Auth` take the broker (`neo`, `kotak` or `ibkr`), and by keyword

- `profile`: the profile in the program's config file, if it is not `default`.
- `via`: `token` asks the program; `serve`, the default for `ibkr`, sends requests through `broker-session serve`.
- `url`, `token_file`: where `serve` is, if it is not where it is by default.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from . import errors
from .errors import *  # noqa: F403

if TYPE_CHECKING:
    from ._httpx import Auth as Auth
    from ._requests import Session as Session, session as session
else:
    _LIBRARIES = {"Auth": "httpx", "Session": "requests", "session": "requests"}
    # What can be imported, so that `help` and `import *` do not fail.
    __all__ = [*errors.__all__, *(name for name, library in _LIBRARIES.items() if find_spec(library))]

    def __dir__():
        return __all__

    def __getattr__(name):
        """Imports requests or httpx when it is needed: nobody needs both."""
        if not (library := _LIBRARIES.get(name)):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name not in __all__:
            raise ImportError(f'{library} is missing. Run: pip install "broker-session[{library}]"')
        return getattr(import_module(f"._{library}", __name__), name)
