"""A session of requests."""

import copy
from typing import Any, Unpack

import requests
from requests.hooks import default_hooks, dispatch_hook

from ._source import Access, Broker, Options, Source
from .errors import reported


class Session(requests.Session):
    """A `requests.Session` whose URLs are paths below the broker's base URL. It follows no redirect."""

    timeout: float = 30.0  # How long to wait for the broker, in seconds, where a request does not say it.
    __attrs__ = [*requests.Session.__attrs__, "timeout", "_source"]

    def __init__(self, broker: Broker, **options: Unpack[Options]) -> None:
        super().__init__()
        self._source = Source(broker, options)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        request = copy.copy(request)
        request.url = self._source.url(self._source.current(), str(request.url))
        return super().prepare_request(request)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: the session does not go where a response says."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Sends a request, and once more if the session was over and nothing can have happened."""
        kwargs.pop("allow_redirects", None)  # None is followed, and hooks do not know it.
        access = self._source.current()
        response = self._send(access, request, kwargs)
        if self._source.is_to_repeat(access, response.status_code, request.method, bool(request.body)):
            response.close()
            response = self._send(self._source.current(), request, kwargs)
        if response.status_code == 503 and self._source.is_served and (error := reported(response.content)):
            raise error
        return dispatch_hook("response", request.hooks, response, **kwargs)

    def _send(self, access: Access, request: requests.PreparedRequest, kwargs: dict[str, Any]) -> requests.Response:
        # The copy is `response.request` later, without the session. Hooks are for the last response.
        signed = request.copy()
        signed.hooks = default_hooks()
        signed.url = self._source.url(access, str(request.url))
        signed.headers.update(access.headers)
        kwargs["timeout"] = kwargs.get("timeout") or self.timeout
        kwargs |= {"proxies": {}} if access.is_plain else {}
        try:
            return super().send(signed, **kwargs)
        finally:
            signed.headers, signed.hooks = request.headers, request.hooks


session = Session
