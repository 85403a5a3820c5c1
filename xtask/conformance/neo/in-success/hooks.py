"""Guesses MPINs in a view session that is alive, and names somebody who is no client."""

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


LOGIN = {"mobileNumber": os.environ["NEO_MOBILE"], "ucc": os.environ["NEO_UCC"], "totp": code()}
answer = requests.post(f"{os.environ['NEO_BASE_URL']}/login/1.0/tradeApiLogin", json=LOGIN, headers=HEADERS, timeout=10)
answer.raise_for_status()
DATA = answer.json()["data"]
VIEW = {"sid": DATA["sid"], "auth": DATA["token"]}


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path.endswith("/tradeApiValidate"):
        case.headers.update(VIEW)
        case.body = {"mpin": "111111"}
    elif case.path.endswith("/tradeApiLogin") and case.meta.phase.name.value == "coverage":
        case.body["ucc"] = "MADE2"
