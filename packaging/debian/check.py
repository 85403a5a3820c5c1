#!/usr/bin/env python3
"""Installs the packages in a Debian with nothing else in it, uses them, replaces one by the other, purges them, and looks
what is left.

It runs as root, with debootstrap and with packages of packaging/debian/build:

    packaging/debian/check.py target/debian/broker-session*.deb
"""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 120
# What apt, dpkg, the cache of the manual and the test itself change.
IGNORED = ("dev", "proc", "sys", "tmp", "run", "var/cache", "var/lib/apt", "var/lib/dpkg", "var/log")
SHELLS = {
    "usr/share/bash-completion/completions/broker-session",
    "usr/share/zsh/vendor-completions/_broker-session",
    "usr/share/fish/vendor_completions.d/broker-session.fish",
}
BASH = """
source /usr/share/bash-completion/bash_completion
_completion_loader broker-session
[[ $(complete -p broker-session) =~ -F\\ ([^ ]+) ]]
COMP_WORDS=(broker-session --profile "") COMP_CWORD=2 COMP_LINE="broker-session --profile " COMP_POINT=25
${BASH_REMATCH[1]} broker-session "" --profile
echo "${COMPREPLY[@]}"
"""


def stop(message):
    sys.exit(f"packaging/debian/check.py: {message}")


class Root:
    """A folder with a Debian, as the root of programs."""

    def __init__(self, path):
        self.path = path

    def command(self, *command):
        """Programs have a home directory, and nothing else from outside."""
        variables = ["HOME=/tmp", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        return ["chroot", self.path, "env", "-i", *variables, *command]

    def run(self, *command, status=0):
        """What a program writes to stdout."""
        result = subprocess.run(self.command(*command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        if result.returncode != status:
            stop(f"{' '.join(command)} has the exit status {result.returncode}:\n{result.stdout}{result.stderr}")
        return result.stdout

    def files(self):
        found = set()
        for folder, folders, names in os.walk(self.path):
            below = os.path.relpath(folder, self.path)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(below, name)) not in IGNORED]
            found.update(os.path.normpath(os.path.join(below, name)) for name in [*folders, *names])
        return found


def debian(path):
    """The same release as this machine's, because the program is linked with its libraries."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    suite = release.get("VERSION_CODENAME", "").strip('"')
    sources = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {suite}", "Component: main"],
        capture_output=True, text=True, check=True,
    )
    mirror = sources.stdout.split()[:1]
    # What looks at the files of a package.
    include = "--include=bash-completion,man-db,systemd"
    made = subprocess.run(["debootstrap", "--variant=minbase", include, suite, path, *mirror], capture_output=True, text=True)
    if made.returncode != 0:
        stop(f"debootstrap cannot make a root in {path}; it needs root, device files and chroot:\n{made.stdout[-2000:]}{made.stderr}")
    return Root(path)


def check_files(root, name):
    """What is where a Debian looks for it."""
    missing = [file for file in SHELLS if not (Path(root.path) / file).exists()]
    if missing:
        stop(f"missing: {missing}")
    for page in ["broker-session", "broker-session-login-neo"]:
        if "BROKER_SESSION_CONFIG" not in root.run("man", page):
            stop(f"`man {page}` does not show the manual")
    config = "/tmp/config.toml"
    Path(root.path + config).write_text("[profiles.made-up]\n")
    completed = root.run("env", f"BROKER_SESSION_CONFIG={config}", "bash", "-c", BASH).split()
    if completed != ["made-up"]:
        stop(f"bash completes --profile with {completed}")
    pages = list(Path(root.path, "usr/share/doc/broker-session").glob("*.md"))
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    dead = [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]
    if len(pages) < 6 or len(links) < 5 or dead:
        stop(f"of {len(links)} links in {len(pages)} pages these are dead: {dead}")
    units = sorted(path.name for path in Path(root.path, "usr/lib/systemd/user").glob("broker-session*"))
    if len(units) != 3:
        stop(f"the units are {units}")
    units = [f"/usr/lib/systemd/user/{unit}" for unit in units]
    root.run("env", "XDG_RUNTIME_DIR=/tmp", "systemd-analyze", "--user", "verify", *units)
    print(f"{name}: the program, its manual, pages, completions and units are there")


def started(command):
    """A program that reports on a line when it is ready, and what it reports."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    return process, json.loads(process.stdout.readline() or stop(f"{' '.join(command)} does not start"))


def ended(process, what):
    process.terminate()
    if process.wait(PATIENCE) != 0:
        stop(f"{what} ends with {process.returncode} after SIGTERM")


def get(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.load(response)


def check_serve(root, environment):
    """A session with the sandbox, through the proxy."""
    variables = ["env", *(f"{name}={value}" for name, value in environment.items())]
    token = json.loads(root.run(*variables, "broker-session", "token", "neo"))
    if token["broker"] != "neo" or not token["headers"]:
        stop("`token` prints no session")
    serve, ready = started(root.command(*variables, "broker-session", "serve", "neo", "--listen", "127.0.0.1:0", "--json"))
    bearer = Path(root.path + ready["token_file"]).read_text().strip()
    get(f"{ready['url']}/readyz", bearer)
    get(f"{ready['url']}/neo/quick/user/orders", bearer)
    try:
        get(f"{ready['url']}/readyz", "wrong")
        stop("`serve` lets in a wrong token")
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
    ended(serve, "`serve`")
    print("serve: ready, a request through it, and its end")


def check_purged(root, name, before):
    root.run("dpkg", "--purge", name)
    left, lost = root.files() - before, before - root.files()
    if left or lost:
        stop(f"{name} leaves behind {sorted(left)}, and takes away {sorted(lost)}")
    print(f"{name}: purged without a trace")


def main(packages):
    # Others may not write to a config file.
    os.umask(0o022)
    by_name = {Path(package).name.split("_")[0]: package for package in packages}
    if set(by_name) != {"broker-session", "broker-session-sandbox"}:
        stop(f"one package of each name is needed, there are {sorted(packages)}")
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        stop("run it as root, and install debootstrap")
    # Not below /tmp, which may refuse device files.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as path:
        root = debian(path)
        root.run("apt-get", "update")
        for name, package in by_name.items():
            shutil.copy(package, Path(path, f"tmp/{name}.deb"))
            depends = root.run("dpkg-deb", "--field", f"/tmp/{name}.deb", "Depends")
            root.run("apt-get", "satisfy", "--yes", "--no-install-recommends", depends)
        before = root.files()
        root.run("dpkg", "-i", "/tmp/broker-session-sandbox.deb")
        check_files(root, "broker-session-sandbox")
        root.run("broker-session", "demo")
        # It plays the broker while it is replaced.
        sandbox, announced = started(root.command("broker-session", "sandbox", "neo", "--json"))
        root.run("apt-get", "install", "--yes", "/tmp/broker-session.deb")
        check_files(root, "broker-session")
        root.run("broker-session", "demo", status=2)
        check_serve(root, announced["environment"])
        ended(sandbox, "`sandbox`")
        root.run("dpkg", "-i", "/tmp/broker-session-sandbox.deb")
        root.run("broker-session", "demo")
        root.run("dpkg", "-i", "/tmp/broker-session.deb")
        root.run("broker-session", "demo", status=2)
        print("each package replaces the other")
        check_purged(root, "broker-session", before)
        root.run("dpkg", "-i", "/tmp/broker-session-sandbox.deb")
        check_purged(root, "broker-session-sandbox", before)


if __name__ == "__main__":
    main(sys.argv[1:])
