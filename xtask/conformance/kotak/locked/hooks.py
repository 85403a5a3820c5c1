"""Guesses wrong until the account is locked, before anything is tried."""

import os

import requests

HEADERS = {
    "Authorization": f"Bearer {os.environ['KOTAK_ACCESS_TOKEN']}",
    "consumerKey": os.environ["KOTAK_CONSUMER_KEY"],
    "ip": "",
    "appId": "",
}
BODY = {"userid": os.environ["KOTAK_USERID"], "password": "wrong"}

for status in (401, 401, 401, 403):
    url = f"{os.environ['KOTAK_BASE_URL']}/session/1.0/session/login/userid"
    answer = requests.post(url, json=BODY, headers=HEADERS, timeout=10)
    assert answer.status_code == status, f"a wrong password was answered with {answer.status_code}: {answer.text}"
