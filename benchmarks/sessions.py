"""A session without a browser: speaks Streamlit's websocket protocol, changes one control, waits for the run to finish.

Streamlit's messages are not a public interface; what is used here is small: open, rerun with one widget's value, finished.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

WALKS = (800.0, 900.0)


@dataclass
class Answer:
    """One run of the page as the session saw it: milliseconds from asking to finished, bytes and messages received."""

    ms: float
    bytes: int
    messages: int


@dataclass
class Session:
    """One open page at a place. `query` follows the address that the page writes, as a browser's would."""

    connection: ClientConnection
    query: str
    widget: str = ""
    walk: float = WALKS[0]
    page: str = ""
    page_name: str = ""
    headline: str = ""
    answers: list[Answer] = field(default_factory=list)

    @classmethod
    async def open(cls, port: int, query: str, page_name: str = "") -> Session:
        """Connect and run a page once: the home page, whose walk can then be changed, or one of another name, which follows links."""
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        connection = await connect(address, compression=None, max_size=None, subprotocols=["streamlit"])  # type: ignore[list-item]
        session = cls(connection, query, page_name=page_name)
        await session._run(with_widget=False)
        if not page_name and not session.widget:
            raise RuntimeError(f"the page at ?{query} has no walk to change; its headline is {session.headline!r}")
        return session

    async def change(self) -> Answer:
        """Change the walk from 800 m to 900 m or back, and wait for the page."""
        self.walk = WALKS[1] if self.walk == WALKS[0] else WALKS[0]
        answer = await self._run(with_widget=True)
        self.answers.append(answer)
        return answer

    async def follow(self, query: str) -> Answer:
        """Open another link of the same page in the same session, and wait for it."""
        self.query = query
        answer = await self._run(with_widget=False)
        self.answers.append(answer)
        return answer

    async def close(self) -> None:
        """Leave."""
        await self.connection.close()

    async def _run(self, *, with_widget: bool) -> Answer:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        # A page of another name is asked for by it each time: the hash that a new session tells is the home page's.
        message.rerun_script.page_script_hash = "" if self.page_name else self.page
        message.rerun_script.page_name = self.page_name
        if with_widget:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.double_value = self.widget, self.walk
        size = messages = 0
        begin = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        while True:
            data = await self.connection.recv(decode=False)
            size, messages = size + len(data), messages + 1
            received = ForwardMsg.FromString(data)
            kind = received.WhichOneof("type")
            if kind == "script_finished":
                if received.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return Answer(1000 * (time.perf_counter() - begin), size, messages)
            if kind == "new_session":
                self.page = received.new_session.page_script_hash
            elif kind == "page_info_changed":
                self.query = received.page_info_changed.query_string
            elif kind == "delta":
                self._look(received)

    def _look(self, received: ForwardMsg) -> None:
        element = received.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "number_input" and element.number_input.id.endswith("control_walk"):
            self.widget = element.number_input.id
        elif kind == "heading" and element.heading.tag == "h1":
            self.headline = element.heading.body
        elif kind == "exception":
            raise RuntimeError(f"the page failed: {element.exception.type}: {element.exception.message}")
