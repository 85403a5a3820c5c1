"""Calls too often, so that the penalty box is closed before anything is tried."""

import os

import requests

statuses = [
    requests.post(f"{os.environ['IBKR_BASE_URL']}/iserver/auth/status", timeout=10).status_code for _ in range(40)
]
assert statuses[-1] == 429, f"40 calls in a row were answered with {statuses}"
