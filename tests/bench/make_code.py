"""Makes a repository with a long history, and a book whose issues were scanned at its first and at its last commit."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

FILES, COMMITS, PLACES, FIXED = 2_000, 1_000, 400, 139
PATTERN = "await get_manager($$$)"
_CATALOG = {"title": "A book to scan with", "repositories": {"app": {"url": "https://example.org/app"}}}
_FUNCTION = (
    "async def call_{0}(user):\n    session = await open_session(user)\n    return {1}get_manager(session)\n\n\n"
)


class _Code:
    """The files as they are after each commit, and the lines that await what is not awaitable."""

    def __init__(self) -> None:
        self._draw = random.Random(1184)  # noqa: S311  (the same code each time)
        affected = [f"app/area_{number % 40}/module_{number}.py" for number in range(0, FILES, FILES // 100)]
        self.texts = {f"app/area_{number % 40}/module_{number}.py": self._text(number, 0) for number in range(FILES)}
        self.texts |= {path: self._text(number, PLACES // 100) for number, path in enumerate(affected)}
        self._open = [path for path in affected for _ in range(PLACES // 100)]
        self._draw.shuffle(self._open)

    @staticmethod
    def _text(number: int, places: int) -> str:
        awaiting = ["await "] * places + [""] * (12 - places)
        return "".join(_FUNCTION.format(f"{number}_{at}", words) for at, words in enumerate(awaiting))

    def change(self, number: int) -> str:
        """Change one file: fix a place in it, or add a line above all others."""
        if number < FIXED:
            path = self._open[number]
            self.texts[path] = self.texts[path].replace("return await get_manager", "return get_manager", 1)
        else:
            path = self._draw.choice(sorted(self.texts))
            self.texts[path] = f"# change {number}\n{self.texts[path]}"
        return path

    def places(self) -> list[str]:
        """The awaiting lines, as a record has them."""
        lines = {
            path: [str(at) for at, line in enumerate(text.splitlines(), start=1) if "await get_manager" in line]
            for path, text in self.texts.items()
        }
        return [f"{path}:{','.join(numbers)}" for path, numbers in sorted(lines.items()) if numbers]


def make(root: Path) -> None:
    """Make the repository, and the book in it."""
    code, issues = _Code(), root / "issues"
    issues.mkdir(parents=True)
    then = code.places()
    _git(root, "init", "--quiet", "--initial-branch=main")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=b"".join(_history(code)), check=True)
    _git(root, "reset", "--quiet", "--hard", "main")
    commits = _git(root, "rev-list", "--reverse", "HEAD").split()
    (issues / "catalog.yaml").write_text(yaml.safe_dump(_CATALOG), encoding="utf-8")
    for name, commit, places in (("far", commits[0], then), ("near", commits[-1], code.places())):
        source = {"repository": "app", "commit": commit}
        record = {
            "title": "Calls await a plain function", "severity": "high", "opened": "2025-09-15",
            "summary": "They fail.", "source": source, "detector": {"code": PATTERN, "language": "python"},
        }  # fmt: skip
        (issues / name).mkdir()
        (issues / name / "issue.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
        affected = yaml.safe_dump({"source": source, "locations": places})
        (issues / name / "affected.yaml").write_text(affected, encoding="utf-8")


def _history(code: _Code) -> Iterator[bytes]:
    yield from _commit(0, code.texts)
    for number in range(COMMITS):
        path = code.change(number)
        yield from _commit(number + 1, {path: code.texts[path]})


def _commit(number: int, files: dict[str, str]) -> Iterator[bytes]:
    message = f"Change {number}".encode()
    yield b"commit refs/heads/main\ncommitter bench <bench@example.org> %d +0000\n" % (1_700_000_000 + 600 * number)
    yield b"data %d\n%b\n" % (len(message), message)
    for path, text in files.items():
        yield b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(text.encode()), text.encode())


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout
