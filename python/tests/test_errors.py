"""Each failure is an exception by what the caller can do."""

import sys
from pathlib import Path

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
    for options in ({"url": "http://127.0.0.1:1"}, {"via": "serve", "profile": "two"}):
        with pytest.raises(broker_session.ConfigError, match="out"):
            broker_session.session("neo", **options)  # type: ignore[arg-type]


def test_a_broker_or_a_store_cannot_be_reached(world: World) -> None:
    world.sandbox("kotak")
    world.patch.setenv("KOTAK_BASE_URL", "http://127.0.0.1:9/apim")
    with pytest.raises(broker_session.NetworkError):
        broker_session.session("kotak").get(ORDERS["kotak"])
    world.patch.setenv("BROKER_SESSION_STORE", "redis://127.0.0.1:9")
    with pytest.raises(broker_session.StoreError):
        broker_session.session("kotak").get(ORDERS["kotak"])


def test_serve_that_does_not_run_is_named(world: World) -> None:
    with pytest.raises(broker_session.ConfigError, match="serve ibkr"):
        broker_session.session("ibkr").get("/")
    file = world.folder / ".local/state/broker-session/serve.token"
    file.parent.mkdir(parents=True)
    file.write_text("made-up")
    with pytest.raises(broker_session.NetworkError, match="serve ibkr"):
        broker_session.session("ibkr", url="http://127.0.0.1:9").get("/")
    with pytest.raises(broker_session.ConfigError, match="TLS"):
        broker_session.session("ibkr", url="http://example.com").get("/")


def test_a_missing_program_is_named(world: World) -> None:
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(world.folder / "none"))
    with pytest.raises(broker_session.ProgramMissing, match="there is no program"):
        broker_session.session("neo").get(ORDERS["neo"])
    file = Path(world.folder / "no-program")
    file.write_text("no program")
    file.chmod(0o700)
    world.patch.setenv("BROKER_SESSION_PROGRAM", str(file))
    with pytest.raises(broker_session.ProgramMissing, match="cannot be started"):
        broker_session.session("neo").get(ORDERS["neo"])


@pytest.mark.parametrize(("missing", "module"), [("requests", "_requests"), ("httpx", "_httpx")])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, f"broker_session.{module}", raising=False)
    with pytest.raises(ImportError, match=rf"broker-session\[{missing}\]"):
        broker_session.session("neo") if missing == "requests" else broker_session.Auth("neo")
