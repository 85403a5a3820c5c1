"""Opens a view session and guesses wrong until the account is locked, before anything is tried."""

import base64
import hmac
import os
import time

import requests
import schemathesis

HEADERS = {"Authorization": os.environ["NEO_ACCESS_TOKEN"], "neo-fin-key": "neotradeapi"}


def code():
    """The one-time password (RFC 6238) that is good now."""
    step = (int(time.time()) // 30).to_bytes(8)
    digest = hmac.digest(base64.b32decode(os.environ["NEO_TOTP_SECRET"]), step, "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


def post(path, body, headers, status):
    url = f"{os.environ['NEO_BASE_URL']}/login/1.0/{path}"
    answer = requests.post(url, json=body, headers={**HEADERS, **headers}, timeout=10)
    assert answer.status_code == status, f"{path} was answered with {answer.status_code}: {answer.text}"
    return answer.json()


LOGIN = {"mobileNumber": os.environ["NEO_MOBILE"], "ucc": os.environ["NEO_UCC"], "totp": code()}
DATA = post("tradeApiLogin", LOGIN, {}, 200)["data"]
VIEW = {"sid": DATA["sid"], "auth": DATA["token"]}
for status in (401, 401, 401, 403):
    post("tradeApiValidate", {"mpin": "111111"}, VIEW, status)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path.endswith("/tradeApiValidate"):
        case.headers.update(VIEW)
