"""Signs in to Kotak Neo with the client that OpenAPI Generator has made, and out again."""

import base64
import hashlib
import hmac
import os
import struct
import time

from client import ApiClient, Configuration, SessionApi, SignInApi
from client.exceptions import ApiException
from client.models import TradeApiLoginRequest, TradeApiValidateRequest


class Carrying(ApiClient):
    """Carries on where the sign-in says (`baseUrl`): the hosts of an operation's own servers are the broker's."""

    base_url = None

    def param_serialize(self, *args, _host=None, **kwargs):
        return super().param_serialize(*args, _host=self.base_url or _host, **kwargs)


def one_time_password(secret):
    """RFC 6238: SHA-1, 30 seconds, six digits."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


settings = Configuration(
    host=os.environ["NEO_BASE_URL"],
    api_key={"accessToken": os.environ["NEO_ACCESS_TOKEN"], "neoFinKey": "neotradeapi"},
)
with Carrying(settings) as client:
    sign_in, session = SignInApi(client), SessionApi(client)

    login = TradeApiLoginRequest(
        mobileNumber=os.environ["NEO_MOBILE"],
        ucc=os.environ["NEO_UCC"],
        totp=one_time_password(os.environ["NEO_TOTP_SECRET"]),
    )
    view = sign_in.trade_api_login(login).actual_instance.data
    token = view.token.get_secret_value()
    assert token and token not in repr(view)

    mpin = TradeApiValidateRequest(mpin=os.environ["NEO_MPIN"])
    trade = sign_in.trade_api_validate(view.sid.get_secret_value(), token, mpin).actual_instance.data
    assert trade.base_url == settings.host, trade.base_url
    client.base_url = trade.base_url
    sid, token = trade.sid.get_secret_value(), trade.token.get_secret_value()

    addresses = session.get_client_ip(sid, token).actual_instance.data
    assert addresses and addresses[0].ip == "127.0.0.1", addresses
    assert session.logout(sid, token).actual_instance
    try:
        session.get_client_ip(sid, token)
        raise AssertionError("the session is still there after the sign-out")
    except ApiException as refusal:
        assert refusal.status == 401, refusal
