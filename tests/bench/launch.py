"""Starts a command, waits for its end and prints what it took: `python -I -S launch.py LOG COMMAND ...`.

A process counts the memory of the one that it was started from as its own, until it needs more. This one is small.
"""

import os
import sys
import time

with open(sys.argv[1], "wb") as log:  # noqa: PTH123  (pathlib would make it larger)
    streams = [(os.POSIX_SPAWN_DUP2, log.fileno(), stream) for stream in (1, 2)]
    start = time.perf_counter()
    pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=streams)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
unit = 1 if sys.platform == "darwin" else 1024
print(os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)  # noqa: T201
