"""easyib at the gateway's port: nobody signs in."""

from urllib.parse import urljoin

import requests
import served
from easyib import REST

served.watch(requests.Session)
client = REST(url=urljoin(served.GATEWAY_URL, "/").rstrip("/"), ssl=False)
assert client.get_accounts()[0]["accountId"] == client.id
assert client.get_auth_status()["authenticated"] is True
assert client.get_cash() > 0 and client.get_netvalue() > 0
for _ in range(3):
    assert client.ping_server()["iserver"]["authStatus"]["authenticated"] is True
client.re_authenticate()
client.log_out()
assert client.get_auth_status()["authenticated"] is True, "others share the session"
