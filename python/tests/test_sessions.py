"""The session is on each request, is renewed once for all, and goes to the broker alone."""

import asyncio
import copy
import logging
import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
import requests
from conftest import ORDERS, World

import broker_session

LOGIN = "/session/login/userid"


@pytest.mark.parametrize("broker", ["neo", "kotak"])
def test_a_path_leads_to_the_broker(world: World, broker: str) -> None:
    world.sandbox(broker)
    with broker_session.session(broker) as session:
        assert session.get(ORDERS[broker]).ok
    with httpx.Client(auth=broker_session.Auth(broker)) as client:
        assert client.get(ORDERS[broker]).is_success


@pytest.mark.parametrize("broker", ["neo", "kotak"])
def test_a_get_is_repeated_with_the_next_session(world: World, broker: str) -> None:
    world.sandbox(broker)
    with broker_session.session(broker) as session:
        assert session.get(ORDERS[broker]).ok
        world.end_session(broker)
        # At Neo the next one-time password may be half a minute away.
        assert session.get(ORDERS[broker]).ok


def test_of_fifty_threads_one_renews(world: World) -> None:
    recorder, runs = world.recorded("kotak"), world.token_runs()
    with broker_session.session("kotak") as session, ThreadPoolExecutor(50) as pool:
        assert session.get(ORDERS["kotak"]).ok
        world.end_session("kotak")
        responses = list(pool.map(lambda _: session.get(ORDERS["kotak"]), range(50)))
        assert all(response.ok for response in responses)
        for response in responses:
            response.close()
    assert recorder.count(LOGIN) == len(runs) == 2
    assert runs[1][-1].startswith("--after=")


def test_threads_that_wait_share_a_failure(world: World) -> None:
    runs = world.token_runs()
    at_once = Barrier(50)

    def fail(session: broker_session.Session) -> None:
        at_once.wait(20)
        with pytest.raises(broker_session.ConfigError):
            session.get("/")

    with broker_session.session("neo") as session, ThreadPoolExecutor(50) as pool:
        list(pool.map(fail, [session] * 50))
    # A few may come when the first one has failed already.
    assert len(runs) < 25


# Later versions of Python warn of any fork beside threads.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_during_a_renewal_does_not_block_the_child(world: World) -> None:
    recorder = world.recorded("kotak")
    recorder.may_go_on.clear()
    with broker_session.session("kotak") as session, ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(session.get, ORDERS["kotak"])
        assert recorder.is_held.wait(20)
        child = os.fork()
        if child == 0:
            # Nothing of the test may go on here. A child that is blocked is killed.
            try:
                signal.alarm(20)
                os._exit(0 if session.get(ORDERS["kotak"]).ok else 2)
            finally:
                os._exit(3)
        recorder.may_go_on.set()
        assert renewal.result().ok
        assert os.waitpid(child, 0)[1] == 0
    assert recorder.count(LOGIN) == 1


def test_a_copy_shares_the_session_or_is_refused(world: World) -> None:
    runs = world.token_runs()
    world.sandbox("kotak")
    with broker_session.session("kotak") as session:
        auth = broker_session.Auth("kotak")
        session.timeout = 7
        assert session.get(ORDERS["kotak"]).ok
        assert copy.copy(session).get(ORDERS["kotak"]).ok and copy.copy(session).timeout == 7
        assert len(runs) == 1
        with httpx.Client(auth=copy.copy(auth)) as client:
            assert client.get(ORDERS["kotak"]).is_success
        for original in (session, auth):
            for refused in (copy.deepcopy, pickle.dumps):
                with pytest.raises(TypeError, match="Create another one"):
                    refused(original)


def test_a_post_is_not_repeated(world: World) -> None:
    recorder = world.recorded("neo")
    login, path = "/tradeApiValidate", "/quick/user/limits"
    with broker_session.session("neo") as session, httpx.Client(auth=broker_session.Auth("neo")) as client:
        assert session.post(path, json={}).ok and client.post(path, json={}).is_success
        world.end_session("neo")
        assert session.post(path, json={}).status_code == 401
        assert client.post(path, json={}).status_code == 401
        assert (recorder.count(path), recorder.count(login)) == (4, 1)
        # The next request has the next session. The next one-time password may be half a minute away.
        assert client.post(path, json={}).is_success and session.post(path, json={}).ok
    assert (recorder.count(path), recorder.count(login)) == (6, 2)


def test_a_new_session_that_is_refused_is_not_replaced(world: World) -> None:
    recorder = world.recorded("kotak")
    with httpx.Client(auth=broker_session.Auth("kotak")) as client:
        assert client.get(ORDERS["kotak"]).is_success
        world.end_session("kotak")
        assert client.get(ORDERS["kotak"]).is_success
        world.end_session("kotak")
        for _ in range(3):
            assert client.get(ORDERS["kotak"]).status_code == 403
    assert recorder.count(LOGIN) == 2


def test_of_fifty_tasks_one_renews_and_the_loop_goes_on(world: World) -> None:
    recorder = world.recorded("kotak")

    async def orders() -> None:
        async with httpx.AsyncClient(auth=broker_session.Auth("kotak"), timeout=60) as client:
            assert (await client.get(ORDERS["kotak"])).is_success
            world.end_session("kotak")
            recorder.is_held.clear()
            recorder.may_go_on.clear()
            tasks = [asyncio.create_task(client.get(ORDERS["kotak"])) for _ in range(50)]
            # The sign-in is held until this loop, which must not be blocked, lets it go on.
            while not recorder.is_held.is_set():
                await asyncio.sleep(0.01)
            tasks.pop().cancel()
            await asyncio.sleep(0)
            recorder.may_go_on.set()
            assert all(response.is_success for response in await asyncio.gather(*tasks))

    asyncio.run(asyncio.wait_for(orders(), 60))
    assert recorder.count(LOGIN) == 2


def test_nothing_goes_to_another_host(world: World) -> None:
    recorder, other = world.recorded("kotak"), world.recorded("neo")
    recorder.location = other.url + "/elsewhere"
    with broker_session.session("kotak") as session, httpx.Client(
        auth=broker_session.Auth("kotak"), follow_redirects=True
    ) as client:
        for get in (session.get, client.get):
            with pytest.raises(broker_session.ConfigError, match="is for http://127.0.0.1"):
                get(other.url)
        assert session.get("/away").status_code == 302
        assert other.seen == []
        assert client.get("/away").url == recorder.location
        sent = {name.lower() for name in recorder.seen[-1][2]}
        assert {"authorization", "sessiontoken"} <= sent
        arrived = {name.lower() for name in other.seen[-1][2]}
        assert not arrived & {"authorization", "sessiontoken", "consumerkey"}


def test_secrets_are_not_seen(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.sandbox("kotak")
    caplog.set_level(logging.DEBUG)
    with broker_session.session("kotak") as session, httpx.Client(auth=broker_session.Auth("kotak")) as client:
        one, other = session.get(ORDERS["kotak"]), client.get(ORDERS["kotak"])
        with pytest.raises(broker_session.ConfigError) as failure:
            session.get("https://example.com/")
        objects = [session, client, client.auth, one, one.request, dict(one.request.headers), other, other.request]
        objects += [other.request.headers, session._source._access, vars(session), failure.value, *caplog.records]
        world.close()
        with pytest.raises(requests.RequestException) as gone:
            session.get(ORDERS["kotak"])
        assert gone.value.request
        objects += [dict(gone.value.request.headers)]
        pickled = pickle.dumps([gone.value, one, other]).decode("latin-1")
        shown = repr(objects) + caplog.text + pickled
    assert "urllib3" in caplog.text and "httpx" in caplog.text
    for secret in world.secrets():
        assert secret not in shown


def test_no_proxy_of_the_environment_sees_the_session(world: World) -> None:
    world.sandbox("kotak")
    proxy = world.recorded("neo")
    world.patch.setenv("HTTP_PROXY", proxy.url)
    with broker_session.session("kotak") as session:
        assert session.get(ORDERS["kotak"]).ok
    with httpx.Client(auth=broker_session.Auth("kotak")) as client:
        with pytest.raises(broker_session.ConfigError, match="NO_PROXY"):
            client.get(ORDERS["kotak"])
    world.patch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with httpx.Client(auth=broker_session.Auth("kotak")) as client:
        assert client.get(ORDERS["kotak"]).is_success
    assert proxy.seen == []


def test_serve_signs_where_headers_are_not_enough(world: World) -> None:
    world.sandbox("ibkr", "--oauth")
    where = world.serve("ibkr")
    with broker_session.session("ibkr", url=where["url"], token_file=where["token_file"]) as session:
        assert session.get("/iserver/accounts").json()["accounts"]
        assert session.get(f"{where['url']}/ibkr/iserver/accounts").ok
    with httpx.Client(auth=broker_session.Auth("ibkr", url=where["url"], token_file=where["token_file"])) as client:
        assert client.get("/iserver/accounts").json()["accounts"]


def test_a_timeout_is_always_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sandbox("kotak")
    timeouts = []
    send = requests.adapters.HTTPAdapter.send

    def record(self: requests.adapters.HTTPAdapter, *args: object, **kwargs: object) -> requests.Response:
        timeouts.append(kwargs["timeout"])
        return send(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", record)
    with broker_session.session("kotak") as session:
        session.get(ORDERS["kotak"])
        session.get(ORDERS["kotak"], timeout=7)
    assert timeouts == [30, 7]
