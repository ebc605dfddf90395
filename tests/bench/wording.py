"""Words for a book to measure with: every issue has a name of its own, and sentences that no other issue has."""

from __future__ import annotations

from random import Random

_STARTS = (
    "bal",
    "cor",
    "dun",
    "fel",
    "gar",
    "hol",
    "jun",
    "kel",
    "lor",
    "mar",
    "nev",
    "pol",
    "rin",
    "sul",
    "tor",
    "vim",
)
_ENDS = ("ado", "aro", "eka", "emi", "ido", "ilo", "ora", "ova", "umi", "uno")

_WHO = (
    "the gateway", "every caller", "a worker of the queue", "the session store", "the second replica",
    "a client that reconnects", "the scheduler", "the import of last night", "the mobile app", "the retry loop",
    "a browser behind a proxy", "the health probe", "the billing service", "an older release",
    "the batch that runs at noon", "the audit log",
)  # fmt: skip
_DOES = (
    "drops", "repeats", "waits for", "overwrites", "sends", "forgets", "closes", "reads", "locks", "counts", "delays",
    "rejects", "merges", "keeps", "reorders", "truncates",
)  # fmt: skip
_WHAT = (
    "the first message", "an open connection", "the order of events", "a token that has expired", "half of the batch",
    "the cached profile", "a row without an owner", "the last page of results", "the handshake", "a lease",
    "the retry count", "an upload in progress", "the time zone of the account", "a header in upper case",
    "the shared cursor", "two identical keys",
)  # fmt: skip
_WHEN = (
    "under load", "after a deployment", "on the first request of a day", "while the replica catches up",
    "when two users share a room", "if the cache is cold", "once the token is renewed", "behind a proxy",
    "with more than a thousand rows", "during a failover", "without a user context", "as soon as the tab is hidden",
    "in the hour when clocks change", "when the disk is nearly full",
)  # fmt: skip


class Wording:
    """The words of one issue; the same ones whenever they are asked for in the same order."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)  # noqa: S311  (words, no secrets)
        self.name = self._name(number)

    def line(self) -> str:
        """A short line, as a step or a purpose has it."""
        who, does, what, when = map(self._random.choice, (_WHO, _DOES, _WHAT, _WHEN))
        line = f"{who} {does} {what} {when}"
        return line[0].upper() + line[1:]

    def prose(self, first: str) -> str:
        """A paragraph that begins with a given sentence, and a list."""
        sentences = " ".join(f"{self.line()}; see `{self.name}_{number}`." for number in self._numbers())
        return f"{first}.\n\n{sentences}\n\n- {self.line()}\n- {self.line()}\n"

    def code(self) -> str:
        """A test function's body."""
        head = f'async def test_{self.name}(user):\n    """{self.line()}."""\n    manager = get_{self.name}(user)\n'
        return head + "".join(f"    assert manager.send({number}) == {number}\n" for number in self._numbers())

    def _numbers(self) -> list[int]:
        return self._random.sample(range(100), 3)

    def _name(self, number: int) -> str:
        """A word of its own for every number."""
        syllables: list[str] = []
        while number:
            number, place = divmod(number, len(_STARTS) * len(_ENDS))
            syllables.append(_STARTS[place % len(_STARTS)] + _ENDS[place // len(_STARTS)])
        return "".join(syllables)
