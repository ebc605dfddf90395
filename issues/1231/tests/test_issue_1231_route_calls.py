"""The four calls of issue 1231, in the product's own code. Nothing is mocked between them and the factory."""

import asyncio

from netra_backend.app.routes import websocket_ssot as routes


def test_connection_gets_its_manager():
    assert asyncio.run(routes.ssot_router._create_websocket_manager(None)) is not None


def test_health_endpoint_is_healthy():
    answer = asyncio.run(routes.websocket_health_check())
    assert answer["status"] == "healthy", answer["error"]


def test_config_endpoint_answers():
    answer = asyncio.run(routes.get_websocket_config())
    assert "error" not in answer, answer["error"]


def test_stats_endpoint_answers():
    answer = asyncio.run(routes.websocket_detailed_stats())
    assert "error" not in answer, answer["error"]
