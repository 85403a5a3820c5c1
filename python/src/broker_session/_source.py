"""Where a session comes from: one for all threads that share a source, and one renewal for all."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from threading import Lock
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from .errors import BrokerSessionError, ConfigError

# In seconds. If the next session is refused as soon as this, the broker refuses something else.
_IN_VAIN = 30.0


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
    expires_at: datetime | None = None
    number: int | None = None
    renewed_at: float | None = None
    is_refused: bool = False

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        # A proxy would see the session.
        self.is_plain = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        if parts.scheme != "https" and not self.is_plain:
            raise ConfigError(f"{self.base_url} has no TLS, and the session would be seen on the way. Use https.")

    def is_usable(self) -> bool:
        return not self.is_refused and (self.expires_at is None or datetime.now(timezone.utc) < self.expires_at)


class Source:
    """Gives the session. `get` gets one, other than the one with that number."""

    def __init__(self, get: Callable[[int | None], Access], over: tuple[int, ...]) -> None:
        # The statuses of a session that is over; none where `serve` renews it.
        self._get, self._over, self.is_served = get, over, not over
        self._access: Access | None = None
        self._failed: tuple[float, BrokerSessionError] | None = None
        self._bases: set[str] = set()
        self._lock = Lock()

    def ready(self) -> Access | None:
        """The session, if nothing must be waited for."""
        return self._access if self._access and self._access.is_usable() else None

    def current(self) -> Access:
        """The session, as soon as it can be had. Those who wait for the same one share its failure, too."""
        started = time.monotonic()
        with self._lock:
            if access := self.ready():
                return access
            if self._failed and self._failed[0] >= started:
                raise self._failed[1].with_traceback(None)
            refused = self._access if self._access and self._access.is_refused else None
            try:
                access = self._get(refused.number if refused else None)
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
        if not url.lower().startswith(("http://", "https://")):
            return f"{access.base_url}/{url.lstrip('/')}"
        for base in self._bases:
            if url.startswith((f"{base}/", f"{base}?")):
                return access.base_url + url[len(base) :]
        raise ConfigError(f"the session is for {access.base_url} alone, not for this URL. Nothing was sent. Use a path.")
