"""A session of requests."""

import copy
from typing import Any, Unpack

import requests

from ._source import Access, Options, Source
from .errors import reported


class Session(requests.Session):
    """A `requests.Session` whose URLs are paths below the broker's base URL. It follows no redirect.

    `timeout` is how long to wait for the broker, in seconds, where a request does not say it."""

    timeout: float = 30.0
    __attrs__ = [*requests.Session.__attrs__, "timeout", "_source"]

    def __init__(self, broker: str, **options: Unpack[Options]) -> None:
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
        access = self._source.current()
        response = self._send(access, request, **kwargs)
        if self._source.is_to_repeat(access, response.status_code, request.method, bool(request.body)):
            response.close()
            response = self._send(self._source.current(), request, **kwargs)
        if response.status_code == 503 and self._source.is_served and (error := reported(response.content)):
            raise error
        return response

    def _send(self, access: Access, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        # A copy, so that nobody finds the session in `response.request`.
        signed = request.copy()
        signed.url = self._source.url(access, str(request.url))
        signed.headers.update(access.headers)
        kwargs["timeout"] = kwargs.get("timeout") or self.timeout
        kwargs |= {"proxies": {}} if access.is_plain else {}
        try:
            response = super().send(signed, **kwargs)
        except requests.RequestException as error:
            error.request = request
            raise
        response.request = request
        return response


session = Session
