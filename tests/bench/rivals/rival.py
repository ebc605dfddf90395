"""A tool that triagebook is measured beside, and the environment that such tools are installed into."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Measure
from tests.bench.place import Place
from tests.bench.timing import FailedError, last_line

PINNED = Path(__file__).parents[1] / "rivals.txt"
OURS = Path(sys.executable).parent  # MkDocs and its theme are there already
_PATIENCE = 240  # seconds that a step of a conversion may take


@dataclass(frozen=True, slots=True)
class Rival:
    """A tool: what to install, how to put a book into its form, what to measure. Programs are in a folder."""

    name: str
    packages: Sequence[str]
    convert: Callable[[Place, Path], None]
    measures: Callable[[Place, Path], list[Measure]]

    def programs(self, environment: Path) -> Path:
        """The folder of its programs, once it is installed."""
        return installed(environment, *self.packages) if self.packages else OURS


def installed(environment: Path, *packages: str) -> Path:
    """The folder of the programs of some packages."""
    programs = environment / "bin"
    if not programs.exists():
        _run(sys.executable, "-m", "venv", str(environment))
    pip = (str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "install", "--constraint", str(PINNED), *packages)
    return programs


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"can't be installed here: {last_line(done.stderr)}")


def convert_with(*command: str, folder: Path) -> None:
    """A step of a conversion that the tool itself makes."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=_PATIENCE
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise FailedError(f"`{name}` did not take the items within {_PATIENCE} s") from None
    if done.returncode:
        raise FailedError(f"`{name}` could not take the items: {last_line(done.stderr or done.stdout)}")
