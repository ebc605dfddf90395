"""`triagebook collect`: adds evidence from CI jobs to the book, as a commit or a pull request."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from triagebook.code import git
from triagebook.code.git import top_of
from triagebook.errors import TriagebookError
from triagebook.recording.evidence_file import free_name
from triagebook.store.load import Loaded, evidence_in
from triagebook.store.write import create_all
from triagebook.store.yaml import read_plain
from triagebook.text import counted, on_one_line

from .common import open_book
from .host import Api
from .main import FINDINGS
from .options import book_option, subcommand

_TRIES = 5  # other jobs may push in between
_OTHERS_FIRST = (b"fetch first", b"non-fast-forward", b"cannot lock ref", b"failed to update ref")  # what git says then


@subcommand("collect")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--push", is_flag=True)
@click.option("--pull-request", "branch", metavar="BRANCH")
@book_option
def command(folders: tuple[Path, ...], push: bool, branch: str | None, book: Path | None) -> None:
    loaded = open_book(book)
    paths = [path for folder in folders for path in _evidence_below(folder)]
    here = _branch_of(loaded.root, branch) if push or branch else ""
    done, problems = _collected(loaded, paths)
    said = ""
    for _ in range(_TRIES) if push or branch else ():
        if not done:
            break
        _commit(loaded.root, done)
        if said := _published(loaded.root, done, here, branch):
            break
        _take_back(loaded.root, done, here)  # another job pushed in between, perhaps the same name
        loaded = open_book(book)
        done, problems = _collected(loaded, paths)
    for name in done:
        click.echo(f"collected  {(loaded.root / name).as_posix()}")
    for problem in problems:
        click.echo(f"problem: {on_one_line(problem)}", err=True)
    if done and (push or branch) and not said:
        raise TriagebookError(
            f"others pushed first, {_TRIES} times in a row", "the evidence is not committed; run it again"
        )
    if said or not (done or problems):
        click.echo(said or "nothing new")
    if problems:
        raise click.exceptions.Exit(FINDINGS)


def _evidence_below(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise TriagebookError(f"{folder} is not a folder", "name the folder with the downloaded artifacts")
    yield from sorted(path for path in folder.rglob("*.yaml") if path.parent.name == "evidence" and path.is_file())


def _collected(loaded: Loaded, paths: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The names of the records that were written, and what was refused."""
    issues = loaded.book.issues
    seals = {record.seal for entry in issues.values() for record in entry.evidence.values()}
    taken = {f"{entry.id}/{name}" for entry in issues.values() for name in entry.evidence}
    files: dict[str, bytes] = {}
    records, problems = [], []
    for path in paths:
        data, issue_id = path.read_bytes(), path.parent.parent.name
        there = loaded.root / issue_id / "evidence" / path.name
        if issue_id in issues and there.is_file() and there.read_bytes() == data:
            continue
        record = evidence_in(data)
        if issue_id not in issues:
            problems.append(f"{path}: there is no issue `{issue_id}` in this book")
        elif record is None or not record.sealed:
            problems.append(f"{path}: it is not what triagebook recorded: its seal does not fit")
        elif record.seal not in seals:
            beside = {name: path.with_name(name) for name in _kept_beside(read_plain(data.decode()))}
            lost = [name for name, file in beside.items() if not file.is_file()]
            here = {name: loaded.root / issue_id / "evidence" / name for name in beside.keys() - lost}
            other = [name for name, at in here.items() if at.is_file() and at.read_bytes() != beside[name].read_bytes()]
            if lost or other:
                why = f"is missing: {lost[0]}" if lost else f"has the name of another: {other[0]}"
                problems.append(f"{path}: the file that it keeps {why}")
                continue
            free = free_name(f"{issue_id}/{path.stem}", taken)
            seals.add(record.seal)
            taken.add(free)
            folder, _, name = free.partition("/")
            records.append(f"{folder}/evidence/{name}.yaml")
            kept = {f"{folder}/evidence/{name}": file.read_bytes() for name, file in beside.items()}
            files |= {name: data for name, data in kept.items() if not (loaded.root / name).exists()}
            files[records[-1]] = data
    if files:
        create_all(loaded.root, files)
    return records, problems


def _kept_beside(plain: Any) -> Iterator[str]:  # noqa: ANN401  (YAML)
    """The names of the files that belong to a record: plain names only, so that none leads out of its folder."""
    source, attached = plain.get("source"), plain.get("attached", [])
    names = [source.get("kept")] if isinstance(source, dict) else []
    names += attached if isinstance(attached, list) else [attached]
    yield from (Path(str(name)).name for name in names if name)


def _branch_of(root: Path, new: str | None) -> str:
    """The branch that the evidence is for."""
    if top_of(root) is None:
        raise TriagebookError(f"{root} is not in a git repository", "leave out --push and --pull-request")
    here = git.tell(root, "rev-parse", "--abbrev-ref", "HEAD").strip()
    named = here if here != "HEAD" else os.environ.get("GITHUB_BASE_REF") or os.environ.get("GITHUB_REF_NAME") or ""
    if not named or (here == "HEAD" and not new):
        what = "the checkout is on no branch, as in a job for a pull request or a tag"
        raise TriagebookError(what, "check out a branch (`ref:` of actions/checkout), or use --pull-request BRANCH")
    return named


def _commit(root: Path, records: Sequence[str]) -> None:
    issues = sorted({name.partition("/")[0] for name in records})
    git.tell(root, "add", "--", *(f"{issue}/evidence" for issue in issues))
    message = f"Record evidence of {', '.join(issues)}"
    git.tell(root, *_identity(root), "commit", "--quiet", "-m", message)


def _identity(root: Path) -> tuple[str, ...]:
    """Who commits: as configured, and a bot in a job, where nobody is."""
    known = all(git.ask(root, "var", f"GIT_{role}_IDENT") for role in ("AUTHOR", "COMMITTER"))
    return () if known else ("-c", "user.name=triagebook", "-c", "user.email=triagebook@noreply.invalid")


def _published(root: Path, records: Sequence[str], here: str, branch: str | None) -> str:
    """Push the evidence and return what was done; nothing if another job has pushed since."""
    pushed = git.run(root, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch or here}")
    if pushed.returncode and not any(words in pushed.stderr for words in _OTHERS_FIRST):
        said = git.text(pushed.stderr).strip().splitlines() or ["git does not say why"]
        why = next((line.strip(" !") for line in said if "rejected]" in line), said[-1])
        do = "name another branch" if branch else "if the branch is protected, use --pull-request BRANCH"
        raise TriagebookError(f"the evidence is committed, but can't be pushed to {branch or here}: {why}", do)
    if pushed.returncode and branch:
        _take_back(root, records, None)
        raise TriagebookError(f"there is a branch {branch} already", "name a new one, with the number of the run")
    if pushed.returncode:
        return ""
    if branch is None:
        return f"pushed to {here}"
    title = git.tell(root, "log", "-1", "--format=%s").strip()
    body = f"{counted(len(records), 'piece')} of evidence, recorded by CI."
    Api.of_job().ask("POST", "pulls", {"title": title, "head": branch, "base": here, "body": body})
    return f"opened a pull request from {branch}"


def _take_back(root: Path, records: Sequence[str], branch: str | None) -> None:
    """Undo our commit, and take what the others have pushed to the branch."""
    added = git.names(git.tell(root, "diff", "--name-only", "-z", "--relative", "HEAD~1", "HEAD"))
    git.tell(root, "reset", "--quiet", "HEAD~1")
    for name in {*added, *records}:
        (root / name).unlink(missing_ok=True)
    if branch:
        git.tell(root, *_identity(root), "pull", "--quiet", "--rebase", "--autostash", "origin", branch)
