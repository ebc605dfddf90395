"""
Mission critical WebSocket event delivery tests for Issue 1184.

Tests the 5 required WebSocket events without Docker dependencies.
"""

import pytest
from unittest.mock import MagicMock, AsyncMock, patch
from test_framework.ssot.base_test_case import SSotAsyncTestCase
from netra_backend.app.websocket_core.websocket_manager import get_websocket_manager

class TestMissionCriticalWebSocketEvents1184(SSotAsyncTestCase):
    """Mission critical tests for WebSocket event delivery."""

    @pytest.mark.mission_critical
    @pytest.mark.issue_1184
    async def test_five_required_websocket_events_delivered(self):
        """
        MISSION CRITICAL: All 5 WebSocket events must be delivered.

        Tests without Docker to isolate async/await compatibility issues.
        """
        required_events = [
            "agent_started",
            "agent_thinking",
            "tool_executing",
            "tool_completed",
            "agent_completed"
        ]

        user_context = {"user_id": "mission-critical-1184", "thread_id": "mc-thread"}

        # Proper synchronous call - no await
        manager = get_websocket_manager(user_context=user_context)

        # Mock WebSocket connection for testing
        mock_websocket = MagicMock()
        manager._connections = {"test-connection": mock_websocket}

        events_sent = []

        async def capture_event(event_type, data):
            events_sent.append(event_type)

        # Mock the emit method
        with patch.object(manager, 'emit_event', side_effect=capture_event):
            # Simulate agent workflow that should send all 5 events
            await manager.emit_event("agent_started", {"agent": "test"})
            await manager.emit_event("agent_thinking", {"status": "analyzing"})
            await manager.emit_event("tool_executing", {"tool": "data_analyzer"})
            await manager.emit_event("tool_completed", {"result": "success"})
            await manager.emit_event("agent_completed", {"final_response": "done"})

        # Validate all required events were sent
        for required_event in required_events:
            assert required_event in events_sent, f"Missing required event: {required_event}"

        assert len(events_sent) == 5, f"Expected 5 events, got {len(events_sent)}"

    @pytest.mark.mission_critical
    @pytest.mark.issue_1184
    async def test_websocket_manager_user_isolation(self):
        """
        MISSION CRITICAL: User isolation must work without async/await issues.

        Validates multi-user isolation works in staging-like conditions.
        """
        user1_context = {"user_id": "isolation-user1-1184", "thread_id": "thread1"}
        user2_context = {"user_id": "isolation-user2-1184", "thread_id": "thread2"}

        # Proper synchronous calls - no await
        manager1 = get_websocket_manager(user_context=user1_context)
        manager2 = get_websocket_manager(user_context=user2_context)

        # Should be different manager instances
        assert manager1 is not manager2

        # Should have isolated user contexts
        assert manager1.user_context != manager2.user_context

        # Test user ID isolation
        assert manager1.user_context["user_id"] != manager2.user_context["user_id"]
