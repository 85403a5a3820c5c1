"""ibind with OAuth 1.0a, against the hosted Web API at IBKR_BASE_URL."""

import faulthandler
import os
import time

os.environ["IBIND_LOG_TO_FILE"] = "false"
from Crypto.IO import PEM  # noqa: E402
from Crypto.Util.asn1 import DerSequence  # noqa: E402
from ibind import IbkrClient  # noqa: E402
from ibind.oauth.oauth1a import OAuth1aConfig  # noqa: E402
from ibind.support.errors import ExternalBrokerError  # noqa: E402

# A client that waits for ever fails.
faulthandler.dump_traceback_later(120, exit=True)


def path(name):
    return os.environ[f"IBKR_OAUTH_{name}_FILE"]


def text(name):
    with open(path(name)) as file:
        return file.read().strip()


parameters, _, _ = PEM.decode(text("DH_PARAMETERS"))
prime, generator = DerSequence().decode(parameters)
config = OAuth1aConfig(
    oauth_rest_url=os.environ["IBKR_BASE_URL"] + "/",
    consumer_key=os.environ["IBKR_OAUTH_CONSUMER_KEY"],
    access_token=text("ACCESS_TOKEN"),
    access_token_secret=text("ACCESS_TOKEN_SECRET"),
    encryption_key_fp=path("ENCRYPTION_KEY"),
    signature_key_fp=path("SIGNATURE_KEY"),
    dh_prime=f"{prime:x}",
    dh_generator=str(generator),
    init_brokerage_session=False,
)

try:
    IbkrClient(
        use_oauth=True, oauth_config=config.copy(consumer_key="UNKNOWNKY"), auto_register_shutdown=False
    )
except ExternalBrokerError as error:
    assert error.status_code == 401 and "invalid consumer" in str(error), error
else:
    raise AssertionError("an unknown consumer key was accepted")

# It derives the live session token and checks the broker's proof of it, then tickles.
client = IbkrClient(use_oauth=True, oauth_config=config)
assert client.portfolio_accounts().data[0]["accountId"]
try:
    client.receive_brokerage_accounts()
except ExternalBrokerError as error:
    assert "no bridge" in str(error), error
else:
    raise AssertionError("a brokerage session that nobody has opened")
assert client.initialize_brokerage_session(compete=False).data["authenticated"] is True
assert client.check_auth_status() and client.check_health()
assert "ssoExpires" not in client.tickle().data
assert client.receive_brokerage_accounts().data["accounts"]
# It signs without the query.
assert client.portfolio_summary(client.portfolio_accounts().data[0]["accountId"]).data

# About every other number agreed on has a zero byte in front, so some tokens more. The first one lives on.
first = client.live_session_token
for _ in range(8):
    client.generate_live_session_token()
    assert client.check_auth_status()
    time.sleep(0.2)
assert client.live_session_token != first
client.live_session_token = first
assert client.check_auth_status()

# After the end of the session it renews everything by itself, and only says so the next time.
assert client.logout().data["status"] is True
config.init_brokerage_session = True
assert not client.handle_auth_status()
assert client.live_session_token != first
assert client.handle_auth_status()
client.close()
