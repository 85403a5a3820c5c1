"""Authentication for httpx."""

from collections.abc import AsyncGenerator, Generator
from typing import Unpack
from urllib.request import getproxies, proxy_bypass

import httpx
from anyio import CapacityLimiter, to_thread

from ._source import Access, Broker, Options, Source
from .errors import ConfigError, reported


class _Headers(httpx.Headers):
    """Has the session only where a transport reads it: not in what httpx copies for a redirect."""

    def __init__(self, headers: httpx.Headers, secret: dict[str, str]) -> None:
        self._secret = [(name.encode(), value.encode()) for name, value in secret.items()]
        super().__init__(headers)
        for name in secret:
            self.pop(name, None)

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        return [*super().raw, *self._secret]


class Auth(httpx.Auth):
    """Puts the session on requests of a `Client` or an `AsyncClient`, whose URLs are paths below the base URL."""

    def __init__(self, broker: Broker, **options: Unpack[Options]) -> None:
        self._source = Source(broker, options)
        # A client keeps the proxies that the environment has when it is made.
        self._proxies = getproxies()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        try:
            access = self._source.current()
            response = yield self._signed(access, request)
            if self._is_to_repeat(access, request, response):
                response = yield self._signed(self._source.current(), request)
            if response.status_code == 503 and self._source.is_served and (error := reported(response.read())):
                raise error
        finally:
            request.headers = httpx.Headers(request.headers)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        try:
            access = await self._current()
            response = yield self._signed(access, request)
            if self._is_to_repeat(access, request, response):
                response = yield self._signed(await self._current(), request)
            if response.status_code == 503 and self._source.is_served and (error := reported(await response.aread())):
                raise error
        finally:
            request.headers = httpx.Headers(request.headers)

    async def _current(self) -> Access:
        """A thread of its own waits for the session. If the task is cancelled, it goes on for the others."""
        if ready := self._source.ready():
            return ready
        return await to_thread.run_sync(self._source.current, abandon_on_cancel=True, limiter=CapacityLimiter(1))

    def _is_to_repeat(self, access: Access, request: httpx.Request, response: httpx.Response) -> bool:
        has_body = "Transfer-Encoding" in request.headers or request.headers.get("Content-Length", "0") != "0"
        return self._source.is_to_repeat(access, response.status_code, request.method, has_body)

    def _signed(self, access: Access, request: httpx.Request) -> httpx.Request:
        request.url = httpx.URL(self._source.url(access, str(request.url)))
        for proxies in (self._proxies, getproxies()) if access.is_plain else ():
            if {"http", "all"} & proxies.keys() and not proxy_bypass(request.url.host, proxies):
                cure = "Set NO_PROXY=127.0.0.1,localhost, and create the client and Auth anew."
                raise ConfigError(f"the environment's proxy would see the session. {cure}")
        request.headers["Host"] = request.url.netloc.decode()
        request.headers = _Headers(request.headers, access.headers)
        return request
