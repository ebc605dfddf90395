"""Small books for the tests of the site, written as people write them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from triagebook.store.load import Loaded, load

CATALOG = """
title: Test book
summary: A book for tests.
repositories: {app: https://github.com/example/app}
components: {chat: Chat}
environments: {staging: Staging, production: {title: Production, production: true}}
required: [staging]
test_categories: {unit: Unit tests}
file_categories:
  tests: {title: Tests, paths: ["tests/**"]}
  product: {title: Product code, paths: ["app/**"]}
segments: {enterprise: Enterprise}
streams: {subscriptions: Subscriptions}
people: {backend: {title: Backend team, kind: team}, ada: Ada}
"""

MINIMAL = """
title: The chat does not open
severity: high
opened: 2025-09-15
summary: Nobody can chat.
"""

PATTERN = """
title: A synchronous call is awaited
summary: A plain function is called with `await`.
"""

# Every field of an issue, once at least; a test sees to that.
FULL_ISSUE = """
title: Four calls await the synchronous factory
severity: critical
opened: 2025-09-15
summary: |
  `get_manager()` is synchronous. It is awaited in {{ affected.locations }} places.

  - So no connection lives.
priority: 1
owner: backend
due: 2025-09-30
closed: {on: 2025-10-01, as: split, by: ada, into: ["9"], why: The rest is another matter}
components: [chat]
labels: [golden-path]
links: [{url: "https://example.org/issues/7", title: The issue in the tracker}, "https://example.org/plain"]
people: {reported: [ada], prepared: [backend], review: [ada], reviewed: [backend]}
introduced: {commit: 1234567aaaa, on: 2025-09-01, by: The move to a single factory}
relations: [{to: "9", kind: same-cause, why: other callers of the same factory}]
environments: {seen: [staging], prove: [production]}
symptoms:
  - error: "TypeError: object Manager can't be used in 'await' expression"
    seen: [staging]
    at: [app/routes.py:12]
    from: strategy.md#L8
  - says: The page stays white
source: {repository: app, commit: 5222b25608c3}
detector: {code: "await get_manager($$$)", language: python, include: ["**/*.py"], exclude: ["docs/**"]}
causes:
  - pattern: awaited-sync-call
    says: The factory has nothing to wait for
    state: confirmed
    at: [app/manager.py:309]
    why:
      - {says: The routes await a value, at: [app/routes.py:13], evidence: [run-before], from: strategy.md#L9}
    factors: [No test calls the routes]
    from: strategy.md#L10
noticed:
  - what: A coroutine is never awaited
    error: "RuntimeWarning: coroutine was never awaited"
    at: [app/other.py:4]
    issue: "9"
    owner: ada
    from: strategy.md#L11
impact:
  segments: [enterprise]
  goal: Chat that people can rely on
  value: Chat opens again
  strategy: Staging tells the truth
  revenue: [{stream: subscriptions, at_risk: at least 500000 USD/year, from: strategy.md#L12}]
  share: [{of: platform value, amount: 90 %, from: strategy.md#L13}]
  broken: [{what: isolation between users, for: large customers, from: strategy.md#L14}]
fix:
  options:
    drop-await: {title: Remove the keyword, what: Every call loses a word, why: [Nothing to wait for], from: strategy.md#L15}
    make-async: {title: Make it asynchronous, why_not: [Changes every caller]}
  chosen: drop-await
  why: The function should stay synchronous
  code:
    - title: A call in the routes
      path: app/routes.py:12
      language: python
      before: manager = await get_manager()
      after: manager = get_manager()
      note: Both forms were tried
      from: strategy.md#L16
  changes:
    - {path: app/routes.py, what: [Awaits removed], environment: staging, commit: ab14a73d8429, from: strategy.md#L17}
    - {setting: CHAT_TIMEOUT, was: 30 s, now: 60 s}
  keeps: [{says: One manager a user, at: [app/manager.py:1], evidence: [run-before], by: ada, from: strategy.md#L18}]
  verified: [The factory is synchronous indeed]
  side_effects: [{what: Timing of the calls, says: Slightly faster, from: strategy.md#L19}]
suites:
  reproduction:
    title: Reproduction of the defect
    category: unit
    path: tests/test_factory.py
    class: TestFactory
    purpose: The calls fail as reported
    state: written
    needs: [a-database]
    environments: [staging]
    command: [{run: python -m pytest tests/test_factory.py, environment: staging, why: through the runner, expect: one failure}]
    markers: [issue_7]
    takes: 2 min
    before: {fail: "can't be used in 'await' expression"}
    after: pass
    code: import pytest
    tests:
      test_connects:
        proves: A user connects
        before: skip
        after: fail
        was: test_connects_old
        markers: [critical_path]
        code: "def test_connects(): ..."
        flaky: {why: Order of two events, owner: ada, until: 2025-12-31}
        note: Needs a free port
        from: strategy.md#L20
    note: Runs against the build
    from: strategy.md#L21
plan:
  before: [Staging is up]
  phases:
    reproduce:
      title: Reproduce the defect
      goal: Tests that fail for the right reason
      environment: staging
      suites: [reproduction]
      steps:
        - do: Run the whole suite
          command: [{run: "make reproduce"}]
          search: {regex: "await get_manager", include: [app/**]}
          suites: [reproduction]
          takes: 5 to 8 min
          expect: No line is found
          instead: [Change each file by hand]
          environment: staging
          owner: ada
          priority: 2
          horizon: soon
          criterion: connects
          done: {on: 2025-09-16, by: ada, commit: ab14a73d8429, evidence: [run-before], from: strategy.md#L22, note: In the evening}
          note: Needs the cloud build
          from: strategy.md#L23
      takes: 20 min
      from: strategy.md#L24
  during: [Local tests pass]
  after: [No call is left]
  timeline: {soon: {within: 30 min, steps: [Apply the change], from: strategy.md#L25}}
criteria:
  connects:
    says: Connections succeed
    kind: technical
    measure: chat.success
    target: at least 95 %
    baseline: 9/18
    environment: staging
    phase: reproduce
    note: Per day
    from: strategy.md#L26
metrics: {latency: Answers stay quick}
risks: [{kind: regression, level: low, why: One keyword a call, mitigation: [The suite runs in CI], from: strategy.md#L27}]
deployment:
  staging:
    steps: [Deploy the build]
    checks: [All events arrive]
    attempts:
      - {on: 2025-09-17, outcome: failed, commit: ab14a73d8429, build: build-42, says: The build timed out, by: ada, from: strategy.md#L28}
rollback: Revert the commit
monitoring:
  - watch: Connections that fail
    measure: chat.failures
    alert: more than 5 %
    command: [kubectl logs]
    environment: production
    owner: backend
    done: {on: 2025-09-18}
    from: strategy.md#L29
communication: [{says: Share the results, to: the whole team, via: the tracker, done: {on: 2025-09-19}, from: strategy.md#L30}]
troubleshooting: [{when: Import errors, steps: [Look for the framework], from: strategy.md#L31}]
next: [{do: run the journey, owner: backend, priority: 1}]
documents:
  strategy.md:
    title: The test strategy
    path: reports/strategy.md
    url: https://example.org/strategy
    date: 2025-09-14
    by: [ada]
    says: Written before the fix
    from: strategy.md#L32
lessons: [{says: A factory that looks asynchronous will be awaited, from: strategy.md#L33}]
claims:
  - says: 22/23 passed (95.7 %)
    from: strategy.md#L34
    kind: sum
    value: 22/23
    parts: {integration tests: "16", unit tests: "6"}
    of: tests.pass_rate phase=after
    disputed: No run in staging exists
    evidence: [run-before]
  - {says: READY FOR PRODUCTION, from: strategy.md#L35, of: verdict environment=production, state: ready}
waivers: [{rule: TB412, at: criteria.connects, who: ada, why: Staging is rebuilt, until: 2025-12-30}]
"""

FULL_AFFECTED = """
source: {repository: app, commit: 99aabbccdd}
scan: {on: 2025-09-20, files: 4200, detector: {regex: await get_manager}, by: triagebook 0.1.0, from: strategy.md#L36}
locations:
  - {at: "app/routes.py:12,40", text: await get_manager(, category: product, priority: 3, change: Remove a word,
     state: fixed, commit: ab14a73d8429, note: The last passes nothing, from: strategy.md#L37}
  - tests/test_routes.py:5
excluded: [{at: "docs/code.md:12", why: An example}]
note: Found by syntax tree
"""

FULL_EVIDENCE = {
    "run-before": """
kind: tests
grade: machine
at: 2025-09-15T14:30:00Z
environment: staging
phase: before
commit: 5222b25608c3
dirty: true
build: build-41
by: ada
tool: pytest 8.4.1
source: {name: junit.xml, sha256: "sha256:%(digest)s", format: junit, kept: junit.xml.gz}
code: {app/routes.py: "sha256:%(digest)s"}
from: strategy.md#L38
note: The report names no commit
seal: sha256:%(digest)s
suite: reproduction
command: python -m pytest tests
exit_code: 1
results: {test_connects: {outcome: failed, error: Manager is not awaitable, seconds: 0.12 s, note: as foreseen, from: strategy.md#L39}}
totals: {passed: 8, failed: 1, errors: 2, skipped: 3, warnings: 9, total: 14, seconds: 1.34 s}
expected: {test_connects: {before: {fail: awaitable}, after: pass}}
partial: true
output: 1 failed in 0.4s
"""
    % {"digest": "ab" * 32},
    "grep": "{kind: command, grade: machine, at: 2025-09-14, command: grep -rn await ., exit_code: 1, output: nothing found}",
    "rate": "{kind: value, grade: attested, at: 2025-09-13, name: chat.success, value: 97.2 %, how: From the log}",
    "seen": "{kind: observation, grade: attested, at: 2025-09-12, says: The chat opens, error: 'TypeError: again', count: 3, "
    "attached: [screen.png]}",
}

FULL_PATTERN = """
title: A synchronous call is awaited
summary: A plain function is called with `await`.
errors: ["object \\\\S+ can't be used in 'await' expression"]
detector: {regex: 'await get_\\w+\\('}
remedy: Take the keyword away.
code: [{language: python, before: await get(), after: get()}]
prevention: [Turn on the rule of the linter]
related: [unawaited]
links: [https://docs.example.org/await]
playbook:
  suites: {gone: {category: unit, title: The calls are gone, tests: {test_gone: No call is left}}}
  plan: {phases: {find: {steps: [Look for the calls]}}}
  criteria: {gone: No call awaits the factory}
from: https://example.org/post-mortem
"""


def make_book(folder: Path, files: dict[str, str]) -> Path:
    """A book of the given files; a catalog is added where there is none."""
    for name, text in {"catalog.yaml": CATALOG, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def load_book(folder: Path, files: dict[str, str]) -> Loaded:
    return load(make_book(folder, files))


FULL = {
    "7/issue.yaml": FULL_ISSUE,
    "7/affected.yaml": FULL_AFFECTED,
    **{f"7/evidence/{name}.yaml": text for name, text in FULL_EVIDENCE.items()},
    "9/issue.yaml": MINIMAL,
    "patterns/awaited-sync-call.yaml": FULL_PATTERN,
    "patterns/unawaited.yaml": "{title: A coroutine is not awaited, summary: The opposite.}",
}
