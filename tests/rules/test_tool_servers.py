"""Calls of tool servers and lists of their tools, as the API of today sends them."""

from typing import Any

import pytest
import words as w
from talk import Talk

LISTED = {"id": "item_l", "type": "mcp_list_tools", "server_label": "weather", "tools": []}
SECOND = w.Part("resp_1", "item_2", 1)


def server_call(arguments: str) -> dict[str, Any]:
    return {"id": "item_2", "type": "mcp_call", "name": "look", "server_label": "weather", "arguments": arguments}


def test_a_list_of_tools_enters_the_conversation_without_a_request(talk: Talk) -> None:
    talk.server << w.event("mcp_list_tools.in_progress", item_id="item_l")
    talk.server << w.event("conversation.item.added", previous_item_id=None, item=LISTED)
    talk.server << w.event("mcp_list_tools.completed", item_id="item_l")
    talk.server << w.event("conversation.item.done", previous_item_id=None, item=LISTED)
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered("item_u", "item_l") << w.text_response("Hel", "lo")
    talk.ends()


def test_a_list_of_tools_may_be_done_before_it_is_completed(talk: Talk) -> None:
    talk.server << w.event("mcp_list_tools.in_progress", item_id="item_l")
    talk.server << w.event("conversation.item.added", previous_item_id=None, item=LISTED)
    talk.server << w.event("conversation.item.done", previous_item_id=None, item=LISTED)
    talk.server << w.event("mcp_list_tools.completed", item_id="item_l")
    talk.ends()


def test_the_arguments_of_a_server_call_need_no_deltas_of_a_function_call(talk: Talk) -> None:
    whole = '{"place": "Oslo"}'
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << w.created() << w.call_item("{", "}")
    talk.server << w.output_added(server_call(""), SECOND)
    talk.server << w.event("conversation.item.added", previous_item_id="item_1", item=server_call(""))
    talk.server << w.event("response.mcp_call_arguments.delta", **SECOND.in_item, delta=whole)
    talk.server << w.event("response.mcp_call_arguments.done", **SECOND.in_item, arguments=whole)
    talk.server << w.event("response.mcp_call.in_progress", item_id="item_2", output_index=1)
    talk.server << w.event("response.mcp_call.completed", item_id="item_2", output_index=1)
    talk.server << w.event("conversation.item.done", previous_item_id="item_1", item=server_call(whole))
    talk.server << w.output_done(server_call(whole), SECOND)
    talk.server << w.done("resp_1", w.call("{}"), server_call(whole))
    talk.ends()


@pytest.mark.parametrize("before", [3, 4, 5, 6])
def test_a_server_call_may_outlive_its_response(talk: Talk, before: int) -> None:
    part, whole = w.Part("resp_1", "item_2", 0), '{"place": "Oslo"}'
    steps = [
        w.event("response.mcp_call_arguments.delta", **part.in_item, delta=whole),
        w.event("response.mcp_call_arguments.done", **part.in_item, arguments=whole),
        w.event("response.mcp_call.in_progress", item_id="item_2", output_index=0),
        w.event("response.mcp_call.completed", item_id="item_2", output_index=0),
        w.event("conversation.item.done", previous_item_id="item_u", item=server_call(whole)),
        w.output_done(server_call(whole), part),
    ]
    talk.client >> w.said("Hi", "item_u") >> w.create_response()
    talk.server << w.entered() << w.created() << w.output_added(server_call(""), part)
    talk.server << w.event("conversation.item.added", previous_item_id="item_u", item=server_call(""))
    talk.server << steps[:before] << w.done("resp_1", server_call(whole)) << steps[before:]
    talk.ends()
