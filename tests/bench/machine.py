"""What the bench ran on, and with which versions."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .rivals.rival import PINNED


def about() -> dict[str, Any]:
    """The day, the machine and our versions. Those of other tools are added as they are installed."""
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processor": _told("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "system": _told("/etc/os-release", "PRETTY_NAME") or platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {name: version(name) for name in ("triagebook", "mkdocs", "mkdocs-material")} | _commit(),
    }


def pinned(packages: Iterable[str]) -> dict[str, str]:
    """The versions that rivals.txt names."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    known = dict(line.split("==") for line in lines if "==" in line)
    return {name: known[name] for name in packages}


def _commit() -> dict[str, str]:
    """Which triagebook it is, as git knows it."""
    here = Path(__file__).parent
    asked = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    told = subprocess.run(asked, cwd=here, capture_output=True, text=True, check=False).stdout.strip()
    return {"commit": told} if told else {}


def _told(file: str, name: str) -> str:
    """A value in a file of lines such as `name: value` or `name="value"`."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = (line[len(name) :].strip(' \t:="') for line in lines if line.startswith(name))
    return next(found, "")
