"""A book in a repository of its own, and this tree as a repository that offers hooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.kit.commands import IDENTITY, Ran
from tests.kit.paths import ROOT, shared_folder

BIN = Path(sys.executable).parent
OFFERED = ("generator", "templates", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


Do = Callable[..., Ran]


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of the machine, so that its package registry is found, without what belongs to this test run.

    Hooks are installed from pip's own cache, and their modules compiled when they are imported (pip reads "no" here
    as "do not compile").
    """
    private = ("GIT_", "PYTHON", "PYTEST", "VIRTUAL_ENV", "PRE_COMMIT", "COVERAGE", "GITHUB_", "RUNNER_")
    ours = {key: value for key, value in os.environ.items() if not key.startswith(private)}
    pip = {
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
        "PIP_NO_COMPILE": "no",
    }
    plain = pip | {
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }
    return ours | IDENTITY | plain | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | more


def done(*command: object, cwd: Path, env: dict[str, str]) -> Ran:
    ran = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    return Ran(ran.returncode, ran.stdout)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def offered(shared: Path) -> Path:
    """A git repository that holds this tree, as those see it who name it in their configuration."""
    place = shared / "triagebook"
    env = environment(shared)
    with FileLock(f"{place}.lock"):
        if not place.is_dir():
            making = shared / "triagebook.making"
            making.mkdir()
            for name in OFFERED:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, making / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, making / name)
            for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "This tree")):
                ran = done("git", *command, cwd=making, env=env)
                assert ran.code == 0, ran.out
            making.rename(place)
    return place


@pytest.fixture
def do(tmp_path: Path, shared: Path) -> Do:
    """Runs a command in the repository of a user; the environments of hooks are made once for the whole test run."""
    env = environment(tmp_path, PRE_COMMIT_HOME=str(shared / "pre-commit"), PRE_COMMIT_COLOR="never")

    def run(*command: object, cwd: Path = tmp_path / "shop", **more: str) -> Ran:
        return done(*command, cwd=cwd, env=env | more)

    return run


@pytest.fixture(scope="session")
def shop_template(shared: Path) -> Path:
    """The repository of a user, with a book of one issue that holds together; made once for the whole test run."""
    place = shared / "shop"
    env = environment(shared)
    with FileLock(f"{place}.lock"):
        if not place.is_dir():
            making = shared / "shop.making"
            making.mkdir()
            four = ["--title", "Login fails", "--severity", "low", "--summary", "Nobody can log in."]
            for command in (
                ["git", "init", "--quiet"],
                ["triagebook", "init"],
                ["triagebook", "new", "1", *four],
                ["triagebook", "check"],
                ["git", "add", "."],
                ["git", "commit", "--quiet", "--message", "A book"],
            ):
                ran = done(*command, cwd=making, env=env)
                assert ran.code == 0, ran.out
            making.rename(place)
    return place


@pytest.fixture
def shop(tmp_path: Path, shop_template: Path) -> Path:
    """A copy of that repository."""
    return shutil.copytree(shop_template, tmp_path / "shop", symlinks=True)
