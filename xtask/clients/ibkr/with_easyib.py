"""easyib against the gateway at IBKR_BASE_URL."""

import person
from easyib import REST

person.signs_in()
client = REST(url=person.ROOT_URL, ssl=False)
assert client.get_accounts()[0]["accountId"] == client.id
assert client.get_auth_status()["authenticated"] is True
assert client.get_cash() > 0 and client.get_netvalue() > 0
for _ in range(3):
    assert client.ping_server()["iserver"]["authStatus"]["authenticated"] is True
client.re_authenticate()
assert client.get_auth_status()["authenticated"] is True, "a live session was lost"
client.log_out()
person.is_signed_out()
