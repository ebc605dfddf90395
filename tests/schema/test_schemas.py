"""The JSON Schemas accept what the store accepts, reject what it rejects, and are those that the book carries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from triagebook.model.schema import KINDS
from triagebook.store import schemas
from triagebook.store.load import load

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VALID = sorted((HERE / "valid").glob("*.yaml"))
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
# What a schema can't say; the store can.
BEYOND_SCHEMA: set[str] = set()


def kind_of(path: Path) -> str:
    return path.stem.partition("-")[0]


@pytest.fixture(scope="session")
def schema_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("schemas")
    for kind in KINDS:
        (folder / f"{kind}.json").write_text(schemas.text(kind), encoding="utf-8")
    return {kind: folder / f"{kind}.json" for kind in KINDS}


def check_jsonschema(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def in_a_book(path: Path, folder: Path) -> list[str]:
    """The codes that the store finds with this file in its place in a book."""
    places = {
        "issue": "1/issue.yaml",
        "affected": "1/affected.yaml",
        "catalog": "catalog.yaml",
        "pattern": "patterns/p.yaml",
        "evidence": "1/evidence/e.yaml",
        "claims": "1/claims/c.yaml",
    }
    for kind, place in places.items():
        source = path if kind == kind_of(path) else next(p for p in VALID if kind_of(p) == kind)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return [finding.code for finding in load(folder).findings]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_store_accepts_a_valid_record(path: Path, tmp_path: Path) -> None:
    assert in_a_book(path, tmp_path) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_store_rejects_a_broken_record_once(path: Path, tmp_path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert in_a_book(path, tmp_path) == [expected]


@pytest.mark.parametrize("kind", KINDS)
def test_a_third_party_validator_accepts_the_valid_and_rejects_the_broken(
    kind: str, schema_files: dict[str, Path]
) -> None:
    valid = [path for path in VALID if kind_of(path) == kind]
    broken = [path for path in BROKEN if kind_of(path) == kind and path.stem not in BEYOND_SCHEMA]
    accepted = check_jsonschema("--schemafile", schema_files[kind], *valid)
    assert accepted.returncode == 0, accepted.stdout
    rejected = check_jsonschema("--schemafile", schema_files[kind], "--output-format", "json", *broken)
    assert rejected.returncode == 1
    for path in broken:
        assert str(path) in rejected.stdout, f"the schema accepts {path.name}"


def test_the_schemas_are_schemas(schema_files: dict[str, Path]) -> None:
    result = check_jsonschema("--check-metaschema", *schema_files.values())
    assert result.returncode == 0, result.stdout


def test_the_book_of_this_repository_carries_the_current_schemas() -> None:
    assert schemas.stale(ROOT / "issues") == [], "run: triagebook schema"


def test_the_third_party_validator_accepts_the_book_of_this_repository(schema_files: dict[str, Path]) -> None:
    book = ROOT / "issues"
    files = {
        "issue": book.glob("*/issue.yaml"),
        "affected": book.glob("*/affected.yaml"),
        "evidence": book.glob("*/evidence/*.yaml"),
        "pattern": book.glob("patterns/*.yaml"),
        "catalog": book.glob("catalog.yaml"),
    }
    for kind, paths in files.items():
        if found := sorted(paths):
            result = check_jsonschema("--schemafile", schema_files[kind], *found)
            assert result.returncode == 0, result.stdout
