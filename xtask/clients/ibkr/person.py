"""The person at the gateway's login page, and a look at the single sign-on that goes past the client under test."""

import faulthandler
import os
import ssl
import urllib.error
import urllib.request
from urllib.parse import urljoin

# A client that waits for ever fails.
faulthandler.dump_traceback_later(120, exit=True)

BASE_URL = os.environ["IBKR_BASE_URL"]
ROOT_URL = urljoin(BASE_URL, "/").rstrip("/")
# The gateway's certificate names no host and has expired, so it cannot be verified.
UNVERIFIED = ssl._create_unverified_context()


def signs_in():
    request = urllib.request.Request(ROOT_URL + "/sso/Login", data=b"username=made-up&password=made-up")
    page = urllib.request.urlopen(request, context=UNVERIFIED, timeout=10).read()
    assert b"Client login succeeds" in page, page


def is_signed_out():
    try:
        response = urllib.request.urlopen(BASE_URL + "/sso/validate", context=UNVERIFIED, timeout=10).read()
    except urllib.error.HTTPError as error:
        assert error.code == 401, error
    else:
        raise AssertionError(f"still signed in: {response}")
