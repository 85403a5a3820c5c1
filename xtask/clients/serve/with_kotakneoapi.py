"""The reports of kotakneoapi. The service has signed in, so the client has no token of the broker's."""

import os

import httpx
import served

os.environ["NEO_LOG_FILE_ENABLED"] = "false"
from neo_api_client import NeoAPI  # noqa: E402


class WithToken(httpx.HTTPTransport):
    """Shows the service's token, for which the client has no setting."""

    def handle_request(self, request):
        request.headers["X-Broker-Session-Token"] = served.TOKEN
        response = super().handle_request(request)
        response.read()
        served.has_no_secret(response.headers, response.text)
        return response


client = NeoAPI(consumer_key="made-up", transport=WithToken())
# As after its own sign-in.
client.configuration.base_url = served.URL + "/neo"
client.configuration.edit_token = client.configuration.edit_sid = "made-up"
for report in [client.order_report(), client.trade_report(), client.holdings(), client.positions()]:
    assert isinstance(report["data"], list), report
limits = client.limits()
assert limits["stCode"] == 200, limits
