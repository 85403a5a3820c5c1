"""The two ways to a session: the program's `token`, and a running `serve`."""

import json
import os
import subprocess
import sysconfig
import urllib.request
from datetime import datetime
from pathlib import Path
from shutil import which

from ._source import Access, Options, Source
from .errors import BrokerSessionError, ConfigError, NetworkError, ProgramMissing, reported


def source(broker: str, options: Options) -> Source:
    """The source of sessions that the arguments describe."""
    if options.get("via", "serve" if broker == "ibkr" else "token") == "token":
        if options.keys() - {"via", "profile"}:
            raise ConfigError('url and token_file are for via="serve". Leave them out.')
        over = (401, 403) if broker == "kotak" else (401,)
        return Source(lambda refused: _token(broker, options.get("profile"), refused), over)
    if "profile" in options:
        raise ConfigError("`broker-session serve` has a profile of its own. Leave profile out.")
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    file = Path(options.get("token_file", f"{state}/broker-session/serve.token")).expanduser()
    url = options.get("url", "http://127.0.0.1:8788").rstrip("/")
    return Source(lambda _: _served(broker, url, file), over=())


def _token(broker: str, profile: str | None, refused: int | None) -> Access:
    own, named = sysconfig.get_path("scripts"), os.environ.get("BROKER_SESSION_PROGRAM")
    program = which(named) if named else which("broker-session", path=own) or which("broker-session")
    if program is None:
        where = named or f"broker-session in {own} or on the PATH"
        raise ProgramMissing(f"there is no program {where}. Install it, or name it in BROKER_SESSION_PROGRAM.")
    command = [program, "token", broker, "--json"]
    command += [f"--profile={profile}"] if profile else []
    command += [f"--after={refused}"] if refused else []
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    except OSError as error:
        raise ProgramMissing(f"{program} cannot be started: {error.strerror}.") from None
    if run.returncode:
        raise reported(run.stdout) or BrokerSessionError(run.stderr.strip() or f"{program} has failed.")
    token = json.loads(run.stdout)
    end = token["expires_at"] and datetime.fromisoformat(token["expires_at"])
    return Access(token["base_url"], token["headers"], end, token["number"])


def _served(broker: str, url: str, file: Path) -> Access:
    start = f"Start it with: broker-session serve {broker}"
    try:
        access = Access(f"{url}/{broker}", {"Authorization": f"Bearer {file.read_text().strip()}"})
        # The file stays when `serve` ends.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/livez", timeout=5):
            return access
    except FileNotFoundError:
        raise ConfigError(f"`broker-session serve` has not run here: there is no {file}. {start}") from None
    except OSError:
        raise NetworkError(f"`broker-session serve` does not respond at {url}. {start}") from None
