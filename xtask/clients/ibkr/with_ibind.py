"""ibind, with its tickler and its health check, against the gateway at IBKR_BASE_URL."""

import os
import time

import person

os.environ["IBIND_LOG_TO_FILE"] = "false"
from ibind import IbkrClient  # noqa: E402

client = IbkrClient(url=person.BASE_URL + "/", cacert=False)
assert not client.check_health(), "a session before the sign-in"
person.signs_in()
assert client.check_health() and client.check_auth_status() and client.handle_auth_status()
assert client.validate().data["RESULT"] is True
assert client.initialize_brokerage_session(compete=False).data["authenticated"] is True
# As many calls in a second as it makes to read some accounts' data at once.
accounts = [client.receive_brokerage_accounts().data["accounts"] for _ in range(10)]
assert accounts[0] and accounts.count(accounts[0]) == 10, accounts

tickled = []
tickle = client.tickle
client.tickle = lambda *arguments, **options: tickled.append(tickle(*arguments, **options))
client.start_tickler(interval=1)
time.sleep(2.5)
client.stop_tickler(timeout=5)
client.tickle = tickle
assert len(tickled) == 2, tickled
assert tickle().data["iserver"]["authStatus"]["authenticated"] is True, "one at once after them"

client.reauthenticate()
assert client.check_auth_status(), "a live session was lost"
assert client.logout().data["status"] is True
assert not client.check_health()
person.is_signed_out()
