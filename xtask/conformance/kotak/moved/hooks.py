"""Begins a session, which the broker answers with another host, and stays where it is."""

import os

import requests

HEADERS = {
    "Authorization": f"Bearer {os.environ['KOTAK_ACCESS_TOKEN']}",
    "consumerKey": os.environ["KOTAK_CONSUMER_KEY"],
    "userid": os.environ["KOTAK_USERID"],
    "ip": "",
    "appId": "",
}

url = f"{os.environ['KOTAK_BASE_URL']}/session/1.0/session/init"
requests.get(url, headers=HEADERS, timeout=10).raise_for_status()
