"""The session is on each request, is renewed once for all, and goes to the broker alone."""

import asyncio
import copy
import logging
import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
import requests
from anyio import to_thread
from conftest import ORDERS, World

import broker_session
from broker_session._source import Broker

LOGIN = "/session/login/userid"


@pytest.mark.parametrize("broker", ["neo", "kotak"])
def test_a_path_leads_to_the_broker(world: World, broker: Broker) -> None:
    world.sandbox(broker)
    with broker_session.session(broker) as session:
        assert session.get(ORDERS[broker]).ok
    with httpx.Client(auth=broker_session.Auth(broker)) as client:
        assert client.get(ORDERS[broker]).is_success


@pytest.mark.parametrize("broker", ["neo", "kotak"])
def test_a_get_is_repeated_with_the_next_session(world: World, broker: Broker) -> None:
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
            # Those who wait leave threads for others.
            await asyncio.wait_for(to_thread.run_sync(recorder.is_held.is_set), 10)
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


@pytest.mark.parametrize(
    "path",
    ["..", "../x", "/../x", "/a/../../x", "/%2e%2E/x", "/.%2e/x", "/..%2fx", "/./x", "/..;a/x", "/x/..?a", "/x/..#a"]
    + ["\\..\\x", "/..\\x", "/a%5cx", "//example.com/x", "/%2fexample.com/x"],
)
def test_no_path_leaves_the_base_url(world: World, path: str) -> None:
    recorder = world.recorded("kotak")
    with broker_session.session("kotak") as session, httpx.Client(auth=broker_session.Auth("kotak")) as client:
        assert session.get("/a..b/..c/x../d//e?../#/../").url.startswith(f"{recorder.url}/a..b/..c/x../d//e")
        assert client.get("a..b/..c/x../d//e?../#/../").url.path.endswith("/a..b/..c/x../d//e")
        count = len(recorder.seen)
        prepared = requests.Request("GET", recorder.url).prepare()
        prepared.url = f"{recorder.url}/{path.removeprefix('/')}"
        for send in (
            lambda: session.get(path),
            lambda: session.send(prepared),
            # `client.get` drops a host that is in a path.
            lambda: client.send(httpx.Request("GET", path)),
            lambda: client.get(path.replace("//example.com", "..")),
        ):
            with pytest.raises(broker_session.ConfigError, match="alone"):
                send()
        assert len(recorder.seen) == count


def test_the_request_of_a_response_has_no_session(world: World) -> None:
    recorder = world.recorded("kotak")
    auth = broker_session.Auth("kotak")

    async def request() -> httpx.Request:
        async with httpx.AsyncClient(auth=auth) as client:
            return (await client.get(ORDERS["kotak"])).request

    with httpx.Client(auth=auth) as client, httpx.Client() as other:
        for is_async in (False, True):
            sent = asyncio.run(request()) if is_async else client.get(ORDERS["kotak"]).request
            assert "Sessiontoken" in recorder.seen[-1][2]
            shown = repr((sent.headers.raw, vars(sent.headers)))
            assert not any(secret in shown for secret in world.secrets())
            assert not other.send(sent).is_success
            assert not recorder.seen[-1][2].keys() & {"Sessiontoken", "Authorization"}


def test_hooks_have_the_last_response_without_the_session(world: World) -> None:
    world.sandbox("kotak")
    seen: list[tuple[int, set[str], dict[str, Any]]] = []

    def hook(response: requests.Response, **options: Any) -> None:
        seen.append((response.status_code, set(response.request.headers), options))
        assert response.elapsed.total_seconds() > 0
        response.raise_for_status()

    with broker_session.session("kotak") as session, broker_session.session("kotak") as other:
        session.hooks["response"] = other.hooks["response"] = [hook]
        assert session.get(ORDERS["kotak"]).ok
        world.end_session("kotak")
        with session.get(ORDERS["kotak"], stream=True) as response:
            assert response.raw.read() and response.request.hooks["response"] == [hook]
        assert other.get(ORDERS["kotak"]).ok
        world.end_session("kotak")
        # A request with a body is not repeated.
        with pytest.raises(requests.HTTPError) as failure:
            other.get(ORDERS["kotak"], json={})
        assert failure.value.request and "Sessiontoken" not in failure.value.request.headers
        # The hook has not prevented the renewal.
        assert other.get(ORDERS["kotak"]).ok
    assert [status for status, _, _ in seen] == [200, 200, 200, 403, 200]
    for _, names, options in seen:
        assert options.keys() == {"timeout", "stream", "verify", "cert", "proxies"}
        assert not names & {"Sessiontoken", "Authorization"}


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
        for name in ("UNRELATED", "NO_PROXY"):
            # This client has chosen its proxy.
            world.patch.setenv(name, "127.0.0.1,localhost")
            with pytest.raises(broker_session.ConfigError, match="NO_PROXY.* anew"):
                client.get(ORDERS["kotak"])
    auth = broker_session.Auth("kotak")
    with httpx.Client(auth=auth) as client:
        assert client.get(ORDERS["kotak"]).is_success
    world.patch.delenv("NO_PROXY")
    with httpx.Client(auth=auth) as client, pytest.raises(broker_session.ConfigError, match="NO_PROXY"):
        client.get(ORDERS["kotak"])
    assert proxy.seen == []


def test_serve_signs_where_headers_are_not_enough(world: World) -> None:
    world.sandbox("ibkr", "--oauth")
    where = world.serve("ibkr")
    with broker_session.session("ibkr", url=where["url"], token_file=where["token_file"]) as session:
        assert session.get("/iserver/accounts").json()["accounts"]
        assert session.get(f"{where['url']}/ibkr/iserver/accounts").ok
    with httpx.Client(auth=broker_session.Auth("ibkr", url=where["url"], token_file=where["token_file"])) as client:
        assert client.get("/iserver/accounts").json()["accounts"]


def test_the_token_of_serve_is_read_again(world: World) -> None:
    world.sandbox("kotak")
    first, second = world.serve("kotak"), world.serve("kotak", "--token-file", str(world.folder / "second"))
    at, file = world.recorder(first["url"]), world.folder / "token"
    file.write_text(Path(first["token_file"]).read_text())
    path = ORDERS["kotak"]
    with (
        broker_session.session("kotak", via="serve", url=at.url, token_file=str(file)) as session,
        httpx.Client(auth=broker_session.Auth("kotak", via="serve", url=at.url, token_file=str(file))) as client,
    ):
        assert session.get(path).ok and client.get(path).is_success
        # As if `serve` were started again, with another file.
        at.upstream = at.upstream._replace(netloc=second["url"].removeprefix("http://"))
        file.write_text(Path(second["token_file"]).read_text())
        assert session.get(path).ok
        assert client.post(path).status_code == 401
        assert client.get(path).is_success
        file.write_text("made-up")
        at.upstream = at.upstream._replace(netloc=first["url"].removeprefix("http://"))
        count = len(at.seen)
        # It was read a moment ago.
        assert session.get(path).status_code == client.get(path).status_code == 401
        assert len(at.seen) == count + 2


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
