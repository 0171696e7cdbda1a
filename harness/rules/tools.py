"""Calls of functions and of tool servers, as the server makes them."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import END, Remark, View, rule


@rule("IDN241", "call-id-repeated", "error", "server", "documented", on=("response.output_item.added",))
def call_id_repeated(view: View, event: Event) -> Iterator[Remark]:
    """Find two calls with the same `call_id`.

    What: The model makes a function call whose `call_id` an earlier call has.
    Why: The client's output answers both of them, or the wrong one.
    Source: call_id: the ID of the function call; outputs refer to calls by it.
    Do: Report it to the server.
    """
    call = view.state.tools.calls.get(str(value_at(event.body, "item.call_id")))
    made = value_at(event.body, "item.type") == "function_call"
    if call is not None and made and call.item_id != value_at(event.body, "item.id"):
        yield Remark(
            f"the call_id {call.call_id} was used before",
            witnesses=(Witness(call.seq, call.place, event.type, "has the same call_id"),),
            pointer="/item/call_id",
        )


@rule(
    "CAU561",
    "called-without-approval",
    "error",
    "server",
    "documented",
    on=("response.mcp_call.in_progress",),
    needs=("client", "start"),
)
def called_without_approval(view: View, event: Event) -> Iterator[Remark]:
    """Find a call of a tool server that the client did not approve.

    What: A call that waits for an approval runs although no `mcp_approval_response` approved it.
    Why: The client asked to be asked first.
    Source: mcp_approval_request: a request for human approval of a tool invocation.
    Do: Report it to the server.
    """
    tools = view.state.tools
    gate = tools.gates.get(str(event.body.get("item_id")))
    if gate is not None and not tools.approved.get(gate):
        refused = "was refused" if gate in tools.approved else "has no answer"
        yield Remark(
            f"the call runs although the approval request {gate} {refused}", expected=("mcp_approval_response",)
        )


@rule("CAU562", "tool-of-a-failed-list", "warning", "server", "documented", on=("response.output_item.added",))
def tool_of_a_failed_list(view: View, event: Event) -> Iterator[Remark]:
    """Find a call of a tool server whose tools could not be listed.

    What: The model calls a tool of a server whose `mcp_list_tools` failed.
    Why: The tool is not known; the call will fail.
    Source: A tool from a failed or unfinished list is not called.
    Do: Wait for `mcp_list_tools.completed` before a turn that needs the tool.
    """
    label = value_at(event.body, "item.server_label")
    failed = view.state.tools.failed.get(str(label))
    if failed is not None and value_at(event.body, "item.type") == "mcp_call":
        yield Remark(
            f"the tools of {label} could not be listed",
            witnesses=(Witness(*failed, "mcp_list_tools.failed", "failed here"),),
            pointer="/item/server_label",
        )


@rule("CAU563", "tool-list-without-item", "note", "server", "documented", on=(END,))
def tool_list_without_item(view: View, event: Event) -> Iterator[Remark]:
    """Find a list of tools that completed and never came.

    What: `mcp_list_tools.completed` came, and no `conversation.item.done` with the tools.
    Why: The client cannot show, or check, which tools there are.
    Source: The tools are in the item of type mcp_list_tools. The order of the two is not documented.
    Do: Retrieve the item; report it to the server.
    """
    for item_id, (seq, place) in view.state.tools.completed.items():
        message = f"the list {item_id} completed, and its item did not come"
        yield Remark(message, at=(seq, place), expected=("conversation.item.done",))


@rule("CLI956", "output-in-response-create", "warning", "client", "observed", on=(">response.create",))
def output_in_response_create(view: View, event: Event) -> Iterator[Remark]:
    """Find a tool's output that is sent inside a `response.create`.

    What: `response.input` has a `function_call_output`, and not the call that it answers.
    Why: The input stands in the place of the conversation, so the call is not found: "Tool call ID … not found".
    Source: forum 1302944 (field problem F2). input: input items to include in the prompt for the model; creates a new
        context for this response.
    Do: Send two events: `conversation.item.create` with the output, then `response.create` without an input.
    """
    items = value_at(event.body, "response.input")
    items = items if isinstance(items, list) else []
    if any(value_at(one, "type") == "item_reference" for one in items):
        return
    calls = [value_at(one, "call_id") for one in items if value_at(one, "type") == "function_call"]
    for index, one in enumerate(items):
        if value_at(one, "type") == "function_call_output" and value_at(one, "call_id") not in calls:
            message = f"the output of {value_at(one, 'call_id')} is in the input of this response, without its call"
            yield Remark(message, pointer=f"/response/input/{index}")
            return


@rule(
    "ADV871",
    "tool-list-failed",
    "warning",
    "server",
    "documented",
    on=("mcp_list_tools.completed", "mcp_list_tools.failed"),
)
def tool_list_failed(view: View, event: Event) -> Iterator[Remark]:
    """Find a tool server whose tools could not be listed.

    What: The list of a server's tools ends with `mcp_list_tools.failed`.
    Why: The model answers as if the tools did not exist, and no `error` says so.
    Source: openai-python 3128 (field problem F10).
    Do: Show it to the user; look at the server's URL and its authorization.
    """
    if event.type.endswith("completed"):
        return
    label = view.state.tools.labels.get(str(event.body.get("item_id")))
    yield Remark(f"the tools of {label or 'a tool server'} could not be listed", about=(event.body.get("item_id"),))


@rule("ADV873", "tool-server-call-failed", "warning", "server", "documented", on=("response.output_item.done",))
def tool_server_call_failed(view: View, event: Event) -> Iterator[Remark]:
    """Find a call of a tool server that failed, and say why.

    What: A finished `mcp_call` has an `error`.
    Why: The model goes on without the result, and no `error` event comes.
    Source: error: the error from the tool call, if any. openai-python 3128, forum 1364168 (field problem F10).
    Do: Look at the tool server's own log; show the failure to the user.
    """
    error, name = value_at(event.body, "item.error"), value_at(event.body, "item.name")
    if value_at(event.body, "item.type") == "mcp_call" and error:
        said = value_at(error, "message") or error
        yield Remark(
            f"the call of {name} failed: {said}", pointer="/item/error", about=(value_at(event.body, "item.id"),)
        )


@rule("ADV872", "answer-before-the-tools", "note", "client", "observed", on=("response.created",))
def answer_before_the_tools(view: View, event: Event) -> Iterator[Remark]:
    """Find an answer that begins before the tools are known.

    What: `response.created` comes while a tool server's list of tools is in progress.
    Why: The model answers without these tools, and says that it cannot help.
    Source: openai-python 3128 and 3243 (field problem F10).
    Do: Wait for `mcp_list_tools.completed` before a turn that needs a tool.
    """
    for item_id, (seq, place) in view.state.tools.listing.items():
        yield Remark(
            f"the answer begins while the list of tools {item_id} is in progress",
            witnesses=(Witness(seq, place, "mcp_list_tools.in_progress", "in progress"),),
            about=(item_id,),
        )
        return
