"""Where a session comes from: the program's `token`, or a running `serve`. Threads share one, and one renewal."""

import json
import math
import os
import re
import subprocess
import sysconfig
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from shutil import which
from threading import Lock
from typing import Literal, NoReturn, TypedDict, get_args
from urllib.parse import unquote
from urllib.request import ProxyHandler, build_opener

from .errors import BrokerSessionError, ConfigError, NetworkError, reported

# In seconds. If the next session is refused as soon as this, the broker refuses something else.
_IN_VAIN = 30.0
_KEYWORDS = {"token": {"via", "profile"}, "serve": {"via", "url", "token_file"}}

Broker = Literal["neo", "kotak", "ibkr"]


class Options(TypedDict, total=False):
    """The keyword arguments of `broker_session.session` and `broker_session.Auth`."""

    profile: str
    via: Literal["token", "serve"]
    url: str
    token_file: str


@dataclass(eq=False)
class Access:
    """What requests need."""

    base_url: str
    headers: dict[str, str] = field(repr=False)
    expires_at: float = math.inf
    number: int | None = None
    renewed_at: float | None = None
    is_refused: bool = False

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        # A proxy would see the session.
        self.is_plain = bool(re.match(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?(/|\Z)", self.base_url))
        if not self.is_plain and not self.base_url.startswith("https://"):
            raise ConfigError(f"{self.base_url} is no URL with TLS, so others would see the session. Use https.")


class Source:
    """Gives the session that the arguments describe."""

    def __init__(self, broker: Broker, options: Options) -> None:
        via = options.get("via", "serve" if broker == "ibkr" else "token")
        if broker not in get_args(Broker):
            raise ConfigError(f"there is no broker {broker!r}. Use neo, kotak or ibkr.")
        if via not in _KEYWORDS:
            raise ConfigError(f"there is no via={via!r}. Use token or serve.")
        if wrong := ", ".join(options.keys() - _KEYWORDS[via]):
            raise ConfigError(f"via={via!r} does not use {wrong}. Leave it out.")
        self._broker, self._options, self.is_served = broker, options, via == "serve"
        # The statuses of a session that is over. At `serve` it is the token of its file that is replaced.
        self._over = (401, 403) if broker == "kotak" and not self.is_served else (401,)
        self._access: Access | None = None
        self._failed: tuple[float, BrokerSessionError] | None = None
        self._bases: set[str] = set()
        # One for each process: after a fork nobody would release one that another thread held.
        self._locks: dict[int, Lock] = {}

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is a secret, so it is not copied or pickled. Create another one.")

    def ready(self) -> Access | None:
        """The session, if nothing must be waited for."""
        access = self._access
        return access if access and not access.is_refused and time.time() < access.expires_at else None

    def current(self) -> Access:
        """The session, as soon as it can be had. Those who wait for the same one share its failure, too."""
        started = time.monotonic()
        with self._locks.setdefault(os.getpid(), Lock()):
            if access := self.ready():
                return access
            if self._failed and self._failed[0] >= started:
                raise self._failed[1].with_traceback(None)
            refused = self._access if self._access and self._access.is_refused else None
            try:
                access = self._served() if self.is_served else self._printed(refused.number if refused else None)
            except BrokerSessionError as error:
                self._failed = (time.monotonic(), error)
                raise
            access.renewed_at = time.monotonic() if refused else None
            self._bases.add(access.base_url)
            self._access = access
            return access

    def is_to_repeat(self, access: Access, status: int, method: str | None, has_body: bool) -> bool:
        """Whether a request is to be sent again, with another session. The rule is that of `serve`."""
        is_new = access.renewed_at is not None and time.monotonic() - access.renewed_at < _IN_VAIN
        if status not in self._over or is_new:
            return False
        access.is_refused = True
        return method in ("GET", "HEAD", "OPTIONS") and not has_body

    def url(self, access: Access, url: str) -> str:
        """Where a request goes, from a path or from a URL below a base URL that the session has or had."""
        base = next((base for base in self._bases if url.startswith((f"{base}/", f"{base}?"))), "")
        path = "/" + url[len(base) :].removeprefix("/")
        # Another URL, or what a client or a server may take for a path elsewhere.
        if re.search(r"\A/(/|https?:)|\\|/\.+([/;]|\Z)", unquote(re.split("[?#]", path)[0]), re.IGNORECASE):
            cure = "Nothing was sent. Use a path below it, without `//` at its start, `..` and backslashes."
            raise ConfigError(f"the session is for {access.base_url} alone. {cure}")
        return access.base_url + path

    def _printed(self, refused: int | None) -> Access:
        """What the program's `token` prints: a session other than the one with that number."""
        name = os.environ.get("BROKER_SESSION_PROGRAM") or "broker-session"
        program = which(name, path=sysconfig.get_path("scripts")) or which(name) or name
        cure = "Install it (`pip install broker-session`), or name it in BROKER_SESSION_PROGRAM."
        command = [program, "token", self._broker, "--json"]
        command += [f"--profile={profile}"] if (profile := self._options.get("profile")) else []
        command += [f"--after={refused}"] if refused else []
        try:
            run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{program} cannot be started: {error}. {cure}") from None
        # The exception is dropped, because it has the output.
        with suppress(AttributeError, LookupError, TypeError, ValueError):
            token = json.loads(run.stdout) if run.returncode == 0 else {}
            end = token["expires_at"]
            expires_at = datetime.fromisoformat(end).timestamp() if end else math.inf
            return Access(token["base_url"], token["headers"], expires_at, token["number"])
        why = run.stderr.decode(errors="replace").strip()[-300:] or f"its exit status is {run.returncode}"
        raise reported(run.stdout) or BrokerSessionError(f"{program} has printed no session: {why}. {cure}")

    def _served(self) -> Access:
        """What requests through `serve` need."""
        state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        file = Path(os.path.expanduser(self._options.get("token_file", f"{state}/broker-session/serve.token")))
        url = self._options.get("url", "http://127.0.0.1:8788").rstrip("/")
        cure = f"Start it with `broker-session serve {self._broker}`, or correct url and token_file."
        try:
            token = file.read_text(errors="replace").strip()
            if not re.fullmatch(r"[\w-]+", token, re.ASCII):
                raise ConfigError(f"{file} has no token of `serve`. {cure}")
            access = Access(f"{url}/{self._broker}", {"Authorization": f"Bearer {token}"})
            # The file stays when `serve` ends.
            build_opener(ProxyHandler({})).open(f"{url}/livez", timeout=5).close()
            return access
        except (OSError, OverflowError, ValueError, HTTPException) as error:
            raise NetworkError(f"`broker-session serve` cannot be used at {url}: {error}. {cure}") from None
