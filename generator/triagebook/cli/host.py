"""The parts of GitHub's API that a CI job may use."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from triagebook.errors import TriagebookError
from triagebook.text import joined

_TIMEOUT = 20  # seconds
_NO_RIGHT = {401, 403, 404}  # what the host says to a fork's token


class NoRightError(TriagebookError):
    """The token of the job may not do this."""


class Api(Struct, frozen=True):
    """The interface for one repository."""

    address: str
    token: str

    @classmethod
    def of_job(cls) -> Api:
        host, repository, token = _variables("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
        return cls(f"{host}/repos/{repository}", token)

    def ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401  (JSON)
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json"}
        address = f"{self.address}/{path}"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310  (the job's own host)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            what = f"the host answered {error.code} {error.reason}"
            if error.code in _NO_RIGHT:
                raise NoRightError(what, "give the job's token permission to write") from None
            raise TriagebookError(what, "run the job again later") from None
        except (OSError, ValueError) as error:
            raise TriagebookError(f"the host can't be reached: {error}", "run the job again later") from None


def pull_request_number() -> int:
    (event,) = _variables("GITHUB_EVENT_PATH")
    number = (json.loads(Path(event).read_text(encoding="utf-8")).get("pull_request") or {}).get("number")
    if not isinstance(number, int):
        raise TriagebookError("this job is not for a pull request", "run it `on: pull_request`")
    return number


def _variables(*names: str) -> list[str]:
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise TriagebookError(
            f"{joined(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            "run it in a job of GitHub Actions, with a token",
        )
    return [os.environ[name] for name in names]
