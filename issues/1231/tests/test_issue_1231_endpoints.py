"""The endpoints of a deployed service, of which two of the four calls of issue 1231 are a part."""

import json
import os
from urllib.request import urlopen

SERVICE = os.environ.get("SERVICE_URL", "https://staging.netrasystems.ai")


def answer(path):
    with urlopen(f"{SERVICE}{path}", timeout=30) as response:
        return json.load(response)


def test_health_of_the_service():
    found = answer("/ws/health")
    assert found["status"] == "healthy", found["error"]


def test_configuration_of_the_service():
    found = answer("/ws/config")
    assert "error" not in found, found["error"]
