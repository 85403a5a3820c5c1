"""Ends the session, before anything is tried."""

import os

import requests

requests.post(f"{os.environ['IBKR_BASE_URL']}/logout", timeout=10).raise_for_status()
