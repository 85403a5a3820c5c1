"""kotakneoapi against the sandbox at NEO_BASE_URL."""

import faulthandler
import os

import httpx
import pyotp

os.environ["NEO_LOG_FILE_ENABLED"] = "false"
from neo_api_client import NeoAPI  # noqa: E402

# A client that waits for ever fails.
faulthandler.dump_traceback_later(120, exit=True)


class ToSandbox(httpx.HTTPTransport):
    """Takes the broker's hosts, which the client has in its code, to the sandbox."""

    sandbox = httpx.URL(os.environ["NEO_BASE_URL"])

    def handle_request(self, request):
        request.url = request.url.copy_with(
            scheme=self.sandbox.scheme, host=self.sandbox.host, port=self.sandbox.port
        )
        request.headers["Host"] = self.sandbox.netloc.decode()
        return super().handle_request(request)


client = NeoAPI(consumer_key=os.environ["NEO_ACCESS_TOKEN"], transport=ToSandbox())
code = pyotp.TOTP(os.environ["NEO_TOTP_SECRET"]).now()
view = client.totp_login(mobile_number=os.environ["NEO_MOBILE"], ucc=os.environ["NEO_UCC"], totp=code)
assert view["data"]["kType"] == "View", view
trade = client.totp_validate(mpin=os.environ["NEO_MPIN"])
assert trade["data"]["kType"] == "Trade", trade

for _ in range(3):
    limits = client.limits()
    assert limits.get("stCode", 200) == 200, limits
ip = client.whatsmyip()
assert ip["status"] == "success", ip
# It forgets the tokens, and tells the broker nothing.
assert client.logout()["State"] == "OK"
assert "Error Message" in client.limits()
