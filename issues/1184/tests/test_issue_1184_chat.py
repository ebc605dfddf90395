"""What a user of chat gets on staging. A run without an answer fails with what the service logs meanwhile."""

import json
import os
import subprocess
import time

import pytest

CHAT = os.environ.get("CHAT_URL", "wss://staging.netrasystems.ai/ws")
EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]
ERROR = "can't be used in 'await' expression"


def events_of_a_message(seconds=90):
    """The types of the events that follow a message, up to the agent's answer or the end of the time."""
    from websockets.sync.client import connect

    if not (token := os.environ.get("CHAT_TOKEN")):
        pytest.fail("set CHAT_TOKEN to the token of a user on staging")
    events, end = [], time.monotonic() + seconds
    with connect(CHAT, additional_headers={"Authorization": f"Bearer {token}"}) as chat:
        chat.send(json.dumps({"type": "user_message", "payload": {"content": "How can I lower my costs?"}}))
        while "agent_completed" not in events and (left := end - time.monotonic()) > 0:
            try:
                events.append(json.loads(chat.recv(timeout=left)).get("type"))
            except TimeoutError:
                break
    return events


def log():
    """What the services on staging logged on `await` in the last minutes."""
    query = ["gcloud", "logging", "read", f'"{ERROR}"', "--freshness=5m", "--limit=5", "--format=value(textPayload)"]
    found = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    return found or "the log holds no error of an await"


def test_message_is_answered():
    events = events_of_a_message()
    assert "agent_completed" in events, f"no answer, only {events}: {log()}"


def test_events_of_a_run_arrive():
    events = events_of_a_message()
    missing = [name for name in EVENTS if name not in events]
    assert not missing, f"{missing} did not arrive: {log()}"
