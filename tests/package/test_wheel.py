"""The package as others get it: built from this tree, installed into an empty environment, and used there."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from triagebook import __version__

BIN = Path(sys.executable).parent
FOUR = ("--title", "Login fails", "--severity", "high", "--summary", "Nobody can log in.")
TEMPLATES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()}


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command with no way to this tree, neither by the path nor by what Python looks through."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env = plain | {"COLUMNS": "100", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    return subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def must(*command: object, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source distribution, and the wheel that is built from it and from nothing else."""
    folder = tmp_path_factory.mktemp("dist")
    must(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


def installed(wheel: Path, folder: Path, extra: str = "") -> Path:
    """An environment with this wheel and an extra, and what they need in the versions of the lock file."""
    python = folder / "env" / "bin" / "python"
    if not python.exists():
        must(BIN / "uv", "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    pins = ["--constraint", ROOT / "requirements.txt"]
    must(BIN / "uv", "pip", "install", "--quiet", "--python", python, *pins, f"{wheel}{extra}", cwd=folder)
    return python.with_name("triagebook")


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if not path.is_symlink()) / 1_000_000


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def missing(wheel: Path) -> set[str]:
    """The templates of this tree that a wheel lacks."""
    return {name for name in TEMPLATES if f"triagebook/{name}" not in names_in(wheel)}


def test_the_source_distribution_contains_what_a_build_needs(built: Path) -> None:
    """It holds what the tests and the site are made of, and nothing that was built."""
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "requirements.txt", "mkdocs.yml", "issues/catalog.yaml"} <= names
    assert names >= TEMPLATES
    assert not [name for name in names if name.startswith(("build/", ".venv/")) or "__pycache__" in name]


def test_the_wheel_contains_code_and_templates(wheel: Path) -> None:
    """It holds the package with its templates and the mark of its types, the licence, and no file besides."""
    names = names_in(wheel)
    assert missing(wheel) == set()
    assert "triagebook/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"triagebook", f"triagebook-{__version__}.dist-info"}
    assert f"triagebook-{__version__}.dist-info/licenses/LICENSE" in names


def test_the_installed_wheel_works(wheel: Path, tmp_path: Path) -> None:
    """From an empty folder to a site, with nothing but what was installed. The core is small."""
    triagebook = installed(wheel, tmp_path)
    assert megabytes(tmp_path / "env") < 60
    shop = tmp_path / "a shop"
    shop.mkdir()
    assert must(triagebook, "--version", cwd=shop) == f"triagebook {__version__}\n"
    as_module = must(triagebook.with_name("python"), "-m", "triagebook", "--help", cwd=shop)
    assert as_module == must(triagebook, "--help", cwd=shop)
    must(triagebook, "init", cwd=shop)
    assert must(triagebook, "new", *FOUR, cwd=shop) == "issues/1/issue.yaml\n"
    assert must(triagebook, "check", cwd=shop)
    assert "Login fails" in must(triagebook, "list", cwd=shop)
    assert "Nobody can log in." in must(triagebook, "show", "1", cwd=shop)
    must(triagebook, "schema", "--check", cwd=shop)
    without_site = run(triagebook, "build", cwd=shop)
    assert (without_site.returncode, "pip install 'triagebook[site]'" in without_site.stderr) == (2, True)
    with (shop / "issues" / "1" / "issue.yaml").open("a", encoding="utf-8") as record:
        record.write("detector: {code: log_in($$$), language: python}\n")
    assert "pip install 'triagebook[scan]'" in run(triagebook, "scan", "1", "--in", ".", cwd=shop).stderr
    installed(wheel, tmp_path, "[site]")
    must(triagebook, "build", cwd=shop)
    page = shop / "build" / "site" / "issues" / "1" / "index.html"
    assert "Login fails" in page.read_text(encoding="utf-8")


def test_a_wheel_without_templates_is_detected(wheel: Path, tmp_path: Path) -> None:
    """The tests above would not pass by chance: such a wheel is detected, and can't even create a book."""
    bare = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(bare, "w") as stripped:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("/RECORD"):
                data = b"".join(line for line in data.splitlines(keepends=True) if b"/templates/" not in line)
            if "/templates/" not in name:
                stripped.writestr(name, data)
    assert missing(bare) == TEMPLATES
    pip = [BIN / "uv", "pip", "install", "--quiet", "--python", sys.executable]
    must(*pip, "--no-deps", "--target", tmp_path / "bare", bare, cwd=tmp_path)
    triagebook = ["env", f"PYTHONPATH={tmp_path / 'bare'}", sys.executable, "-m", "triagebook"]
    assert run(*triagebook, "init", cwd=tmp_path).returncode not in {0, 1}
