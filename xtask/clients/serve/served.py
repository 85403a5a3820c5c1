"""The service at SERVE_URL, and a look at all its responses that goes past the client under test."""

import faulthandler
import json
import os
import pathlib

# A client that waits for ever fails.
faulthandler.dump_traceback_later(120, exit=True)

URL = os.environ["SERVE_URL"]
TOKEN = pathlib.Path(os.environ["SERVE_TOKEN_FILE"]).read_text().strip()
GATEWAY_URL = os.environ["GATEWAY_URL"]


def secrets():
    """The secrets of the sessions, from the store."""
    store = json.loads(pathlib.Path(os.environ["SERVE_TOKEN_FILE"]).with_name("sessions.json").read_text())
    for name, entry in store["entries"].items():
        if name.startswith("session/"):
            values = json.loads(entry["value"])["session"]["session"]["secrets"].values()
            # A short one is a word, such as the name of a realm.
            yield from (value for value in values if len(value) >= 16)


SECRETS = list(secrets())
assert len(SECRETS) >= 4, "the store has not the sessions of every broker"


def has_no_secret(headers, body):
    """Fails if a response repeats a secret of the sessions."""
    shown = f"{dict(headers)} {body}"
    assert not any(secret in shown for secret in SECRETS), shown


def watch(session_class):
    """Looks at each response that requests hands to a client."""
    send = session_class.send

    def watched(*arguments, **options):
        response = send(*arguments, **options)
        has_no_secret(response.headers, response.text)
        return response

    session_class.send = watched
