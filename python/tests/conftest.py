"""Sandboxes of the program that `BROKER_SESSION_SANDBOX` names, and what stands between them and a client."""

import http.client
import json
import os
import shutil
import subprocess
import sysconfig
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

INSTALLED = f"{sysconfig.get_path('scripts')}/broker-session"
ORDERS = {"neo": "/quick/user/orders", "kotak": "/reports/1.0/orders"}


class Recorder(ThreadingHTTPServer):
    """Passes requests on to a sandbox, and records them."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream)
        self.url = f"http://127.0.0.1:{self.server_port}{self.upstream.path}"
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.location: str | None = None
        self.is_held = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, end: str) -> int:
        return sum(path.endswith(end) for _, path, _ in self.seen)


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def _pass_on(self) -> None:
        server, headers = self.server, dict(self.headers.items())
        server.seen.append((self.command, self.path, headers))
        if "/login/" in self.path:
            server.is_held.set()
            server.may_go_on.wait(20)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if server.location and self.path.endswith("/away"):
            status, found, content = 302, {"Location": server.location}, b""
        else:
            to = http.client.HTTPConnection(server.upstream.netloc)
            to.request(self.command, self.path, body, {**headers, "Host": server.upstream.netloc})
            response = to.getresponse()
            # A sandbox names itself in responses.
            own = f"127.0.0.1:{server.server_port}"
            status, content = response.status, response.read().replace(server.upstream.netloc.encode(), own.encode())
            found = {"Content-Type": response.headers.get("Content-Type", "")}
            to.close()
        self.send_response(status)
        for name, value in {**found, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _pass_on

    def log_message(self, *_: object) -> None:
        pass


class World:
    """Sandboxes, recorders and servers, and the environment for the program."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.store = folder / "store.json"
        self._ends: list[Callable[[], object]] = []

    def _start(self, *command: str) -> dict[str, Any]:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        self._ends += [child.stdout.close, child.wait, child.terminate]
        object: dict[str, Any] = json.loads(child.stdout.readline())
        return object

    def sandbox(self, broker: str, *options: str) -> dict[str, Any]:
        object = self._start(os.environ["BROKER_SESSION_SANDBOX"], "sandbox", broker, "--json", *options)
        for name, value in object["environment"].items():
            if name not in ("KOTAK_MPIN", "KOTAK_BIOMETRIC"):
                self.patch.setenv(name, value)
        return object

    def recorded(self, broker: str) -> Recorder:
        recorder = self.recorder(self.sandbox(broker)["base_url"])
        self.patch.setenv(f"{broker.upper()}_BASE_URL", recorder.url)
        return recorder

    def recorder(self, upstream: str) -> Recorder:
        recorder = Recorder(upstream)
        self._ends += [recorder.server_close, recorder.shutdown]
        return recorder

    def serve(self, broker: str, *options: str) -> dict[str, str]:
        """Starts `serve`, and returns the arguments for its clients."""
        object = self._start(INSTALLED, "serve", broker, "--listen", "127.0.0.1:0", "--json", *options)
        return {"url": object["url"], "token_file": object["token_file"]}

    def end_session(self, broker: str) -> None:
        """Ends the session at the broker, so that the store does not know it."""
        copy = shutil.copy(self.store, self.folder / "copy.json")
        subprocess.run([INSTALLED, "logout", broker, "--store", copy], check=True, capture_output=True)

    def token_runs(self) -> list[list[str]]:
        """What the package runs from now on to get a session."""
        runs, run = [], subprocess.run

        def record(command: list[str], **options: Any) -> Any:
            if "token" in command:
                runs.append(command)
            return run(command, **options)

        self.patch.setattr(subprocess, "run", record)
        return runs

    def secrets(self) -> list[str]:
        """What must not be seen: the values of the session's headers, but for short ones that are no secret."""
        run = subprocess.run([INSTALLED, "token", "kotak"], check=True, capture_output=True)
        headers = json.loads(run.stdout)["headers"]
        return [headers["Sessiontoken"], headers["Authorization"].removeprefix("Bearer ")]

    def close(self) -> None:
        for end in reversed(self._ends):
            end()


def forget_settings(patch: pytest.MonkeyPatch) -> None:
    """Nothing signs in with an account of the developer, or uses a proxy."""
    for name in list(os.environ):
        is_setting = name.startswith(("BROKER_SESSION_", "NEO_", "KOTAK_", "IBKR_", "XDG_"))
        if is_setting and name != "BROKER_SESSION_SANDBOX" or name.lower().endswith("_proxy"):
            patch.delenv(name)


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    forget_settings(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    world = World(tmp_path, monkeypatch)
    monkeypatch.setenv("BROKER_SESSION_STORE", str(world.store))
    yield world
    world.close()
