"""Every awaited call of the factory in product code, run for real.

Nothing stands between a caller and the factory; only the database and the services around the caller are replaced. The
product catches most errors, so each call is traced: it must reach the factory, and no `await` in the file may raise.
"""

import asyncio
import sys
from collections import Counter
from importlib import import_module
from types import SimpleNamespace
from unittest.mock import AsyncMock, MagicMock

import pytest

USER, THREAD, RUN = "user-1184", "thread-1184", "run-1184"
ROW = SimpleNamespace(id=THREAD, created_at=None, metadata_={"user_id": USER})


@pytest.fixture
def context():
    from netra_backend.app.services.user_execution_context import UserExecutionContext

    return UserExecutionContext.from_request(user_id=USER, thread_id=THREAD, run_id=RUN)


def product(name):
    return import_module(f"netra_backend.app.{name}")


def traced(module, calls):
    """Run the coroutines: the lines of the module that call the factory, and what its `await`s raise, caught or not."""
    callers, errors = set(), []

    def trace(frame, event, value):
        caller = frame.f_back
        called = event == "call" and frame.f_code.co_name == "get_websocket_manager"
        if called and caller.f_code.co_filename == module.__file__:
            callers.add((caller.f_code.co_name, caller.f_lineno))
        if frame.f_code.co_filename != module.__file__:
            return None
        if event == "exception" and "'await' expression" in str(value[1]) and value[0] is TypeError:
            errors.append(f"{frame.f_code.co_name}, line {frame.f_lineno}: {value[1]}")
        return trace

    async def run():
        return await asyncio.gather(*calls, return_exceptions=True)  # only the factory is looked at, not what follows

    sys.settrace(trace)
    try:
        asyncio.run(run())
    finally:
        sys.settrace(None)
    return Counter(name for name, _ in callers), errors


def assert_managers(module, expected, *calls):
    """Each function gets its manager on as many lines as expected."""
    reached, errors = traced(module, calls)
    assert reached == expected, f"the factory was called by {dict(reached)}, not by {expected}"
    assert not errors, "; ".join(errors)


def test_example_message_processor_gets_a_manager(context):
    module = product("agents.example_message_processor")
    call = module.ExampleMessageProcessor._get_websocket_manager(MagicMock(), context)
    assert_managers(module, {"_get_websocket_manager": 1}, call)


def test_interfaces_data_gets_a_manager(context):
    module = product("core.interfaces_data")
    operations = module.CoreClickHouseOperations()
    call = operations._send_corpus_notification("corpus", "table", "created", user_context=context)
    assert_managers(module, {"_send_corpus_notification": 1}, call)


def test_supervisor_factory_gets_a_manager(monkeypatch):
    async def sessions():
        yield AsyncMock()

    monkeypatch.setattr(product("dependencies"), "get_request_scoped_db_session", sessions)
    module = product("core.supervisor_factory")
    assert_managers(module, {"create_streaming_supervisor": 1}, module.create_streaming_supervisor(USER, THREAD, RUN))


def test_dependencies_get_a_manager():
    module = product("dependencies")
    request = SimpleNamespace(user_id=USER, thread_id=THREAD, run_id=RUN, request_id="request-1184")
    call = module.get_request_scoped_message_handler(request, MagicMock(), MagicMock())
    assert_managers(module, {"get_request_scoped_message_handler": 1}, call)


def test_routes_get_a_manager():
    module = product("routes.websocket_ssot")
    endpoints = ("websocket_health_check", "get_websocket_config", "websocket_detailed_stats")
    assert_managers(
        module,
        {"_create_websocket_manager": 1, **dict.fromkeys(endpoints, 1)},
        module.ssot_router._create_websocket_manager(None),
        *(getattr(module, name)() for name in endpoints),
    )


def test_agent_service_core_gets_a_manager():
    module = product("services.agent_service_core")

    def service(bridge_has_manager=False):
        made = module.AgentService(MagicMock())
        made._ensure_bridge_ready = AsyncMock(return_value=True)
        made._bridge = AsyncMock()
        made._bridge.get_status.return_value = {"dependencies": {"websocket_manager_available": bridge_has_manager}}
        return made

    assert_managers(
        module,
        {"stop_agent": 2, "_route_thread_messages": 1, "_handle_json_decode_error": 1, "_handle_general_exception": 1},
        service(bridge_has_manager=True).stop_agent(USER),
        service().stop_agent(USER),
        service()._route_thread_messages(USER, "unknown", {}, None),
        service()._handle_json_decode_error(USER, ValueError("not JSON")),
        service()._handle_general_exception(USER, ValueError("any")),
    )


def test_generation_job_manager_gets_a_manager(context):
    module = product("services.generation_job_manager")
    call = module.update_job_status("job-1184", "running", user_context=context)
    assert_managers(module, {"update_job_status": 1}, call)


def test_message_handlers_get_a_manager(context):
    module = product("services.message_handlers")

    def handler():
        return module.MessageHandlerService(MagicMock(), AsyncMock())

    handlers = {
        "handle_start_agent": ({"user_request": "Hello"}, None),
        "handle_user_message": ({"content": "Hello"}, None),
        "handle_thread_history": (None,),
        "handle_stop_agent": (),
        "handle_switch_thread": ({"thread_id": THREAD}, None),
        "_route_other_messages": ("unknown", {}),
        "handle_get_conversation_history": ({}, None),
        "handle_get_agent_context": ({}, None),
        "handle_example_message": ({}, None),
    }
    calls = (getattr(handler(), name)(context, *arguments) for name, arguments in handlers.items())
    assert_managers(module, dict.fromkeys(handlers, 1), *calls)


def test_message_processing_gets_a_manager(context):
    module = product("services.message_processing")
    assert_managers(
        module,
        dict.fromkeys(
            ("send_agent_started_notification", "execute_and_persist", "send_response_safely", "send_error_safely"), 1
        ),
        module.send_agent_started_notification(USER, ROW, ROW, context),
        module.execute_and_persist(AsyncMock(), "Hello", USER, ROW, ROW, None, AsyncMock()),
        module.send_response_safely(USER, {"content": "Hello"}, context),
        module.send_error_safely(USER, ValueError("any"), context),
    )


def test_thread_service_gets_a_manager(monkeypatch):
    module = product("services.thread_service")
    work = MagicMock()
    work.__aenter__.return_value = unit = AsyncMock()
    unit.threads.get_by_id.return_value = ROW
    monkeypatch.setattr(module, "get_unit_of_work", lambda *_: work)
    service = module.ThreadService()
    assert_managers(
        module,
        {"_send_thread_created_event": 1, "_send_agent_started_event": 1, "switch_thread": 1, "delete_thread": 1},
        service._send_thread_created_event(USER, THREAD),
        service._send_agent_started_event(unit, RUN, THREAD),
        service.switch_thread(USER, THREAD),
        service.delete_thread(THREAD, USER),
    )


def test_websocket_bridge_factory_gets_a_manager(context):
    module = product("services.websocket_bridge_factory")
    assert_managers(
        module,
        {"create_user_emitter": 2},
        module.WebSocketBridgeFactory().create_user_emitter(user_context=context),
        module.WebSocketBridgeFactory().create_user_emitter(user_id=USER, thread_id=THREAD),
    )


def test_unified_init_gets_a_manager():
    module = product("websocket_core.unified_init")
    assert_managers(module, {"get_unified_websocket_manager": 1}, module.get_unified_websocket_manager())
