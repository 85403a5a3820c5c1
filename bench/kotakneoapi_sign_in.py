"""A sign-in with kotakneoapi, the broker's own client, at NEO_BASE_URL."""

import os

import httpx
import pyotp

os.environ["NEO_LOG_FILE_ENABLED"] = "false"
from neo_api_client import NeoAPI  # noqa: E402


class ToServer(httpx.HTTPTransport):
    """Takes the broker's hosts, which the client has in its code, to the server."""

    server = httpx.URL(os.environ["NEO_BASE_URL"])

    def handle_request(self, request):
        request.url = request.url.copy_with(
            scheme=self.server.scheme,
            host=self.server.host,
            port=self.server.port,
            raw_path=self.server.raw_path + request.url.raw_path,
        )
        request.headers["Host"] = self.server.netloc.decode()
        return super().handle_request(request)


client = NeoAPI(consumer_key=os.environ["NEO_ACCESS_TOKEN"], transport=ToServer())
code = pyotp.TOTP(os.environ["NEO_TOTP_SECRET"]).now()
client.totp_login(mobile_number=os.environ["NEO_MOBILE"], ucc=os.environ["NEO_UCC"], totp=code)
trade = client.totp_validate(mpin=os.environ["NEO_MPIN"])
assert trade["data"]["token"], trade
