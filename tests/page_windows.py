"""Windows of `burstlab explore` without a browser: clients that speak Bokeh's protocol, and may send what they like."""

from __future__ import annotations

import asyncio
import html
import json
from collections.abc import Callable, Iterator
from typing import Any

from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.websocket import websocket_connect

from .patience import PATIENCE

NUMBERS = ('id="bursts"', 'id="burst-probability"')  # what a window shows when the runs of both experiments are there


class Window:
    """One window: what the server has told it so far, and a way to send it messages."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.models: dict[str, dict[str, Any]] = {}  # by id, as they were pulled
        self.texts = ""  # everything that was said
        self.errors: list[str] = []  # answers to what it sent
        self._count = 0

    @classmethod
    async def open(cls, url: str) -> Window:
        """Ask for a window and for what it shows."""
        token = generate_jwt_token(generate_session_id())
        address = url.replace("http://", "ws://") + "/ws"
        window = cls(await websocket_connect(address, subprotocols=["bokeh", token], max_message_size=2**28))
        await window.heard(lambda kind, content: kind == "ACK")
        await window.send("PULL-DOC-REQ", {})
        content = await window.heard(lambda kind, content: kind == "PULL-DOC-REPLY")
        for model in _objects(content):
            window.models[model["id"]] = {"attributes": {}} | model
        return window

    async def heard(self, is_it: Callable[[str, Any], bool]) -> Any:
        """Wait for a message from the server; returns its content."""
        while True:
            kind, content = await asyncio.wait_for(self._read(), PATIENCE)
            if is_it(kind, content):
                return content

    async def shows(self, *texts: str) -> None:
        """Wait until the server has said all of these."""
        if not all(text in self.texts for text in texts):
            await self.heard(lambda kind, content: all(text in self.texts for text in texts))

    async def _read(self) -> tuple[str, Any]:
        fragments = [await self._fragment() for _ in range(3)]
        header = json.loads(fragments[0])
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._fragment()
        content = json.loads(fragments[2])
        self.texts += "".join(f"{html.unescape(text)}\n" for text in _texts(content))
        if header["msgtype"] == "ERROR":
            self.errors.append(content["text"])
        return header["msgtype"], content

    async def _fragment(self) -> Any:
        fragment = await self.connection.read_message()
        assert fragment is not None, "the server has closed the connection"
        return fragment

    async def send(self, kind: str, content: Any) -> None:
        """Send a message of the protocol."""
        self._count += 1
        header = {"msgid": str(self._count), "msgtype": kind}
        for part in (header, {}, content):
            await self.connection.write_message(json.dumps(part))

    async def patch(self, *events: Any) -> None:
        """Send events about the document, and wait until they are taken or refused."""
        await self.send("PATCH-DOC", {"events": list(events)})
        await self.heard(lambda kind, content: kind in ("OK", "ERROR"))

    def find(self, type_: str, name: str | None = None) -> str:
        """The id of the one model of this type and name."""
        (found,) = [
            id_
            for id_, model in self.models.items()
            if model["name"] == type_ and name in (None, model["attributes"].get("name"))
        ]
        return found

    def close(self) -> None:
        """Go away."""
        self.connection.close()


def changed(model: str, attribute: str, new: Any) -> dict[str, Any]:
    """The event of a property that a user, or somebody else, has changed."""
    return {"kind": "ModelChanged", "model": {"id": model}, "attr": attribute, "new": new}


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _texts(part)


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict | list):
        if isinstance(content, dict) and content.get("type") == "object" and "id" in content:
            yield content
        for part in content.values() if isinstance(content, dict) else content:
            yield from _objects(part)
