"""The package is typed, and its documentation is true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import World, forget_settings

FOLDER = Path(__file__).parent.parent
PAGE = (FOLDER.parent / "docs/python.md").read_text()


def test_types_are_strict() -> None:
    for checked in (["--package", "broker_session"], ["."]):
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, *checked]
        run = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER / "tests")
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(("missing", "name"), [("requests", "session"), ("httpx", "Auth"), ("none", "")])
def test_help_shows_what_can_be_imported(missing: str, name: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; import broker_session; from broker_session import *\n"
    code += f"print(*dir(broker_session)); help(broker_session); broker_session.{name or 'Auth'}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    shown, _, page = run.stdout.partition("\n")
    for public in ("session", "Session", "Auth", "ConfigError"):
        is_there = public.lower() != name.lower()
        heading = "session = class Session(" if public == "session" else f"class {public}("
        assert (public in shown.split()) == (heading in page) == is_there
    assert (f"broker-session[{missing}]" in run.stderr) == (run.returncode != 0) == (missing != "none"), run.stderr


# A block that begins with a comment `# not run` has the client of somebody else, or needs the reader's own account.
BLOCKS = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "# not run" not in block]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_documentation_runs(world: World, number: int) -> None:
    world.sandbox("neo")
    world.sandbox("kotak")
    block = BLOCKS[number]
    if '"ibkr"' in block:
        world.sandbox("ibkr", "--oauth")
        where = world.serve("ibkr")
        assert where["token_file"] == str(world.folder / "serve.token")
        block = block.replace('"ibkr"', f'"ibkr", url={where["url"]!r}, token_file={where["token_file"]!r}')
    run = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, cwd=world.folder)
    assert run.returncode == 0, run.stderr


def test_settings_of_the_developer_are_not_used(world: World) -> None:
    names = ["NEO_MPIN", "KOTAK_USERID", "IBKR_BASE_URL", "BROKER_SESSION_STORE", "XDG_CONFIG_HOME", "https_proxy"]
    for name in names:
        world.patch.setenv(name, "made-up")
    forget_settings(world.patch)
    assert not os.environ.keys() & set(names)


def test_there_is_something_to_run() -> None:
    assert len(BLOCKS) >= 4
