"""Calls too often, so that the penalty box is closed before anything is tried."""

import os

import requests

URL = f"{os.environ['IBKR_BASE_URL']}/iserver/auth/status"
MOST = 200

# One connection is what makes the calls quick enough for a limit of ten a second.
with requests.Session() as session:
    calls = (session.post(URL, timeout=10).status_code for _ in range(MOST))
    assert any(status == 429 for status in calls), f"none of {MOST} calls in a row was too many"
