"""ibind, with its tickler and its health check, at the gateway's port: nobody signs in."""

import os
import time

import requests
import served

os.environ["IBIND_LOG_TO_FILE"] = "false"
from ibind import IbkrClient  # noqa: E402

served.watch(requests.Session)
client = IbkrClient(url=served.GATEWAY_URL + "/", cacert=False)
assert client.check_health() and client.check_auth_status() and client.handle_auth_status()
assert client.validate().data["RESULT"] is True
# What is open stays open.
assert client.initialize_brokerage_session(compete=True).data["authenticated"] is True
account = client.portfolio_accounts().data[0]["accountId"]
assert client.portfolio_summary(account).data["netliquidation"]["amount"] > 0
# More at once than the broker allows in a second.
accounts = [client.receive_brokerage_accounts().data["accounts"] for _ in range(15)]
assert accounts[0] and accounts.count(accounts[0]) == 15, accounts

tickle = client.tickle().data
assert tickle["iserver"]["authStatus"]["authenticated"] is True and tickle["session"], tickle
client.start_tickler(interval=1)
time.sleep(2.5)
client.stop_tickler(timeout=5)
client.reauthenticate()
# Others share the session, so nobody ends it.
assert client.logout().data["status"] is True
assert client.check_health() and client.receive_brokerage_accounts().data["accounts"] == accounts[0]
client.close()
