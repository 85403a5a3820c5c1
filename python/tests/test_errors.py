"""Each failure is an exception by what the caller can do."""

import json

import httpx
import pytest
from conftest import ORDERS, World

import broker_session


def test_a_wrong_mpin_is_sent_once(world: World) -> None:
    recorder = world.recorded("neo")
    world.patch.setenv("NEO_MPIN", "111111")
    session = broker_session.session("neo")
    for _ in range(3):
        with pytest.raises(broker_session.WrongCredentials) as failure:
            session.get(ORDERS["neo"])
        assert failure.value.kind == "second_factor" and "111111" not in str(failure.value)
    assert recorder.count("/tradeApiValidate") == 1


def test_a_person_is_needed(world: World) -> None:
    world.sandbox("neo")
    for name in ("NEO_ACCESS_TOKEN", "NEO_MOBILE", "NEO_MPIN", "NEO_TOTP_SECRET"):
        world.patch.delenv(name)
    with pytest.raises(broker_session.PersonNeeded, match="broker-session login neo"):
        broker_session.session("neo").get(ORDERS["neo"])


@pytest.mark.parametrize("via", ["token", "serve"])
def test_a_person_is_given_the_page(world: World, via: str) -> None:
    page = world.sandbox("ibkr", "--signed-out")["login_url"]
    if via == "token":
        session, auth = broker_session.session("ibkr", via="token"), broker_session.Auth("ibkr", via="token")
    else:
        where = world.serve("ibkr")
        url, file = where["url"], where["token_file"]
        session = broker_session.session("ibkr", url=url, token_file=file)
        auth = broker_session.Auth("ibkr", url=url, token_file=file)
    with session, httpx.Client(auth=auth) as client:
        for get in (session.get, client.get):
            with pytest.raises(broker_session.PersonNeeded) as failure:
                get("/iserver/accounts")
            assert failure.value.login_url and page.startswith(failure.value.login_url)


def test_settings_that_are_missing_are_named(world: World) -> None:
    with pytest.raises(broker_session.ConfigError, match="NEO_UCC"):
        broker_session.session("neo", profile="default").get(ORDERS["neo"])
    with pytest.raises(broker_session.ConfigError, match="profile"):
        broker_session.session("neo", profile="none-of-that-name").get(ORDERS["neo"])


@pytest.mark.parametrize(
    ("broker", "options", "named"),
    [
        ("--help", {}, "neo, kotak or ibkr"),
        ("help", {}, "neo, kotak or ibkr"),
        ("neo", {"via": "bogus"}, "token or serve"),
        ("neo", {"url": "http://127.0.0.1:1"}, "url"),
        ("neo", {"via": "serve", "profile": "two"}, "profile"),
        ("neo", {"colour": "red"}, "colour"),
    ],
)
def test_wrong_arguments_are_named(broker: str, options: dict[str, str], named: str) -> None:
    for create in (broker_session.session, broker_session.Auth):
        with pytest.raises(broker_session.ConfigError, match=named):
            create(broker, **options)  # type: ignore[arg-type]


def test_a_broker_that_is_not_there_has_a_wrong_type() -> None:
    # If mypy finds nothing here, it reports the comments.
    with pytest.raises(broker_session.ConfigError):
        broker_session.session("zzz")  # type: ignore[arg-type]
    with pytest.raises(broker_session.ConfigError):
        broker_session.Auth("zzz")  # type: ignore[arg-type]


def test_a_broker_or_a_store_cannot_be_reached(world: World) -> None:
    world.sandbox("kotak")
    world.patch.setenv("KOTAK_BASE_URL", "http://127.0.0.1:9/apim")
    with pytest.raises(broker_session.NetworkError):
        broker_session.session("kotak").get(ORDERS["kotak"])
    world.patch.setenv("BROKER_SESSION_STORE", "redis://127.0.0.1:9")
    with pytest.raises(broker_session.StoreError):
        broker_session.session("kotak").get(ORDERS["kotak"])


def test_serve_that_does_not_run_is_named(world: World) -> None:
    with pytest.raises(broker_session.NetworkError, match="No such file .* serve ibkr"):
        broker_session.session("ibkr").get("/")
    file = world.folder / ".local/state/broker-session/serve.token"
    file.parent.mkdir(parents=True)
    file.write_text("made-up")
    for url in ("http://127.0.0.1:9", "http://127.0.0.1:99999", "https://["):
        with pytest.raises(broker_session.NetworkError, match="serve ibkr"):
            broker_session.session("ibkr", url=url).get("/")
    for url in ("http://example.com", "http://[", "http://127.0.0.1:80@example.com", "ftp://127.0.0.1"):
        with pytest.raises(broker_session.ConfigError, match="TLS"):
            broker_session.session("ibkr", url=url).get("/")
    for path, why in ((str(world.folder), "Is a directory"), ("~nobody-of-that-name/token", "No such file")):
        with pytest.raises(broker_session.NetworkError, match=f"{why}.* token_file"):
            broker_session.session("ibkr", token_file=path).get("/")
    file.write_text("no\ntoken")
    with pytest.raises(broker_session.ConfigError, match="has no token.* token_file"):
        broker_session.session("ibkr").get("/")


def test_a_missing_program_is_named(world: World) -> None:
    for name, content in (("none", None), ("no-program", "no program")):
        file = world.folder / name
        if content:
            file.write_text(content)
            file.chmod(0o700)
        world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
        with pytest.raises(broker_session.ConfigError, match=f"{name} cannot be started: .* BROKER_SESSION_PROGRAM"):
            broker_session.session("neo").get(ORDERS["neo"])


@pytest.mark.parametrize("output", ["", "a secret", '{"headers": "a secret"}', '"a secret"', "\\0377"])
def test_output_that_is_no_session_is_not_kept(world: World, output: str) -> None:
    file = world.folder / "other"
    file.write_text(f"#!/bin/sh\nprintf '%b' '{output}'\n")
    file.chmod(0o700)
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
    with pytest.raises(broker_session.BrokerSessionError, match="other has printed no session: .* 0") as failure:
        broker_session.session("neo").get(ORDERS["neo"])
    assert "secret" not in str(failure.value) and failure.value.__context__ is None


def test_a_program_that_fails_is_not_believed(world: World) -> None:
    file = world.folder / "other"
    token = {"base_url": "http://127.0.0.1:9", "headers": {"a": "secret"}, "expires_at": None, "number": 1}
    file.write_text(f"#!/bin/sh\necho '{json.dumps(token)}'\nprintf '%09999d because' 0 >&2\nexit 3\n")
    file.chmod(0o700)
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
    with pytest.raises(broker_session.BrokerSessionError, match="has printed no session: 0+ because.") as failure:
        broker_session.session("neo").get(ORDERS["neo"])
    assert "secret" not in str(failure.value) and str(failure.value).count("0") < 310


def test_a_session_that_is_over_needs_a_person(world: World) -> None:
    file = world.folder / "other"
    error = {"kind": "session_expired", "message": "It is over.", "hint": "Sign in again."}
    file.write_text(f"#!/bin/sh\necho '{json.dumps({'error': error})}'\nexit 13\n")
    file.chmod(0o700)
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
    with pytest.raises(broker_session.PersonNeeded, match="Sign in again"):
        broker_session.session("neo").get(ORDERS["neo"])


def test_message_and_hint_are_sentences(world: World) -> None:
    file = world.folder / "other"
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
    for message, hint, shown in (
        ("Invalid MPIN", "Correct it.", "Invalid MPIN. Correct it."),
        ("Try again!", "Wait.", "Try again! Wait."),
        ("Not set. Set it.", "Set it.", "Not set. Set it."),
        ("Locked", None, "Locked"),
    ):
        error = {"kind": "credentials", "message": message, "hint": hint}
        file.write_text(f"#!/bin/sh\necho '{json.dumps({'error': error})}'\nexit 10\n")
        file.chmod(0o700)
        with pytest.raises(broker_session.WrongCredentials) as failure:
            broker_session.session("neo").get(ORDERS["neo"])
        assert str(failure.value) == shown
