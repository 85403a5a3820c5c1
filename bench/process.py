"""Runs a command several times, each in an empty home, and prints the time of each run and the largest memory as JSON.

    process.py TIMES PROGRAM [ARGUMENT ...]
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

nanoseconds = []
for _ in range(int(sys.argv[1])):
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "XDG_STATE_HOME": home}
        started = time.monotonic_ns()
        subprocess.run(sys.argv[2:], env=environment, stdout=subprocess.DEVNULL, check=True)
        nanoseconds.append(time.monotonic_ns() - started)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"nanoseconds": nanoseconds, "peak": peak}))
