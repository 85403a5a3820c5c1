"""requests: what each broker says to who has the token, and what others get."""

import requests
import served

served.watch(requests.Session)
client = requests.Session()
client.trust_env = False
authorized = {"Authorization": f"Bearer {served.TOKEN}"}


def get(path, url=served.URL, **headers):
    return client.get(f"{url}/{path}", headers=headers, timeout=30, verify=False)


def refuses(status, response):
    assert response.status_code == status, (response.status_code, response.text)
    assert response.json()["error"]["message"]
    assert "Access-Control-Allow-Origin" not in response.headers


# The session's own headers win over those that a client makes up.
made_up = {"Sid": "made-up", "Auth": "made-up", "Cookie": "made=up", "sessionToken": "made-up"}
for path in ["neo/quick/user/orders", "neo/quick/user/trades", "neo/portfolio/v1/holdings"]:
    for headers in [authorized, {"X-Broker-Session-Token": served.TOKEN}, authorized | made_up]:
        orders = get(path, **headers)
        assert orders.status_code == 200 and isinstance(orders.json()["data"], list), orders.text
limits = client.post(
    f"{served.URL}/neo/quick/user/limits", data={"jData": '{"seg":"ALL"}'}, headers=authorized, timeout=30
)
assert limits.status_code == 200 and limits.json()["stCode"] == 200, limits.text
orders = get("kotak/reports/1.0/orders", **authorized)
assert orders.status_code == 200 and "success" in orders.json(), orders.text
accounts = get("ibkr/iserver/accounts", **authorized)
assert accounts.status_code == 200 and accounts.json()["accounts"], accounts.text
ready = get("readyz", **authorized)
assert ready.status_code == 200 and sorted(ready.json()["sessions"]) == ["ibkr", "kotak", "neo"], ready.text

port = served.URL.rsplit(":", 1)[1]
for path in ["neo/quick/user/orders", "kotak/reports/1.0/orders", "ibkr/iserver/accounts", "metrics", ""]:
    refuses(401, get(path))
    refuses(401, get(path, Authorization="Bearer made-up"))
    refuses(401, get(f"{path}?token=made-up"))
    # The names of the broker and of a page that was resolved anew to this machine.
    for host in ["evil.example", f"evil.example:{port}", "127.0.0.1:1", "localhost.evil.example"]:
        refuses(421, get(path, Host=host, **authorized))
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"]:
        refuses(403, get(path, Origin=origin, **authorized))
    refuses(403, get(path, **{"Sec-Fetch-Site": "cross-site"}, **authorized))
preflight = client.options(
    f"{served.URL}/neo/quick/user/orders",
    headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
    timeout=30,
)
assert preflight.status_code in (401, 403) and "Access-Control-Allow-Origin" not in preflight.headers

# The gateway's port has no token, but the same checks.
assert get("portfolio/accounts", served.GATEWAY_URL).json()[0]["accountId"]
refuses(421, get("portfolio/accounts", served.GATEWAY_URL, Host="evil.example"))
refuses(403, get("portfolio/accounts", served.GATEWAY_URL, Origin="https://evil.example"))
