"""
Enhanced mission critical WebSocket tests with Issue 1184 fixes.

These tests replace failing mission critical tests with proper async/await usage.
"""

import pytest
from test_framework.ssot.base_test_case import SSotAsyncTestCase
from netra_backend.app.websocket_core.websocket_manager import get_websocket_manager
from shared.logging.unified_logging_ssot import get_logger

logger = get_logger(__name__)

class TestIssue1184MissionCriticalFix(SSotAsyncTestCase):
    """Mission critical tests with Issue 1184 async/await fixes."""

    @pytest.mark.mission_critical
    @pytest.mark.issue_1184
    async def test_websocket_manager_golden_path_compatibility(self):
        """
        MISSION CRITICAL: WebSocket manager supports Golden Path user flow.

        This test must pass for deployment approval.
        """
        user_context = {"user_id": "golden-path-1184", "thread_id": "gp-thread"}

        # FIXED: Remove await from synchronous call
        manager = get_websocket_manager(user_context=user_context)

        # Validate Golden Path requirements
        assert manager is not None
        assert manager.user_context["user_id"] == "golden-path-1184"

        # Test manager registry (critical for user isolation)
        manager2 = get_websocket_manager(user_context=user_context)
        assert manager is manager2, "User isolation failed - different managers for same user"

        logger.info("✅ WebSocket manager Golden Path compatibility validated")

    @pytest.mark.mission_critical
    @pytest.mark.issue_1184
    async def test_websocket_infrastructure_business_value_protection(self):
        """
        MISSION CRITICAL: WebSocket infrastructure protects $500K+ ARR business value.

        Validates that WebSocket infrastructure critical to chat functionality works.
        """
        # Test multiple users to validate business scenarios
        users = [
            {"user_id": "business-user1-1184", "thread_id": "thread1"},
            {"user_id": "business-user2-1184", "thread_id": "thread2"},
            {"user_id": "business-user3-1184", "thread_id": "thread3"}
        ]

        managers = []
        for user_context in users:
            # FIXED: Synchronous call without await
            manager = get_websocket_manager(user_context=user_context)
            managers.append(manager)

        # Validate business requirements
        assert len(managers) == 3, "Failed to create managers for all business users"

        # Ensure user isolation (critical for enterprise)
        user_ids = [m.user_context["user_id"] for m in managers]
        assert len(set(user_ids)) == 3, "User isolation failed - managers not properly isolated"

        # Validate manager instances are different (no singleton contamination)
        for i, manager1 in enumerate(managers):
            for j, manager2 in enumerate(managers):
                if i != j:
                    assert manager1 is not manager2, f"Manager isolation failed between users {i} and {j}"

        logger.info("✅ WebSocket infrastructure business value protection validated")
