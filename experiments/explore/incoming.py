"""What a window of the page with sliders sends, looked at before it changes anything.

Whoever is on this computer can write to the websocket of a window. Bokeh reads what comes with care, but logs a
traceback for what it cannot take, and Panel's widgets come upon it later; here such a message is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_VALUES = ("value", "value_throttled", "active")  # what users change of a widget; its range and its text are ours


def guard(document: Any, refuse: Callable[[str], None]) -> None:
    """Let nothing reach a document that its page could not have sent.

    Parameters
    ----------
    document : bokeh.document.Document
        Of a window.
    refuse : callable
        Gets a line about what was refused; the window gets back what was there.
    """

    # Bokeh has no place of its own for this: the session calls the document that it has. A method of the object alone
    # would not do, since Panel, from 1.10 on, puts that of the class over it.
    class Guarded(type(document)):  # type: ignore[misc]
        def apply_json_patch(self, patch: Any, *, setter: Any = None) -> None:
            events = _read(self, patch)
            if events is None:
                refuse("refused: a message that this page does not understand")
                return
            faults = [event for event in events if not _is_ours(event)]
            if not faults:
                super().apply_json_patch(patch, setter=setter)
                return
            refuse("refused, and left as it was: " + _where(faults[0]))
            for event in events:
                if _names_a_value(event):
                    self.callbacks.notify_change(event["model"], event["attr"], None, None)

        def replace_with_json(self, json: Any) -> None:
            refuse("refused: another page in place of this one")

    document.__class__ = Guarded


def _read(document: Any, patch: Any) -> list[Any] | None:
    """The events of a patch as Bokeh reads them, or None if it cannot."""
    from bokeh.core.serialization import Deserializer, UnknownReferenceError

    try:
        events = Deserializer(list(document.models)).deserialize(patch)["events"]
    except UnknownReferenceError as error:
        # About something that was removed while the message was on its way: nothing to do, nothing to say.
        return [] if document.models.seen(error.id) else None
    except Exception:  # whatever a reader may say of a text from anywhere
        return None
    return events if isinstance(events, list) else None


def _is_ours(event: Any) -> bool:
    from bokeh.events import Event
    from bokeh.models import DataSource, Glyph, Select, Widget

    if not isinstance(event, Mapping):
        return False
    if event.get("kind") == "MessageSent":
        return event.get("msg_type") == "bokeh_event" and isinstance(event.get("msg_data"), Event)
    if event.get("kind") != "ModelChanged" or not _names_a_property(event):
        return False
    model, attribute, new = event["model"], event["attr"], event.get("new")
    if isinstance(model, DataSource | Glyph) or (isinstance(model, Widget) and attribute not in _VALUES):
        return False
    if isinstance(model, Select) and new not in model.options:
        return False
    # A page sends numbers, texts and switches; everything that is made of models comes from here.
    return isinstance(new, str | int | float | None) and model.lookup(attribute).property.is_valid(new)


def _names_a_property(event: Any) -> bool:
    from bokeh.model import Model

    is_model = isinstance(event, Mapping) and isinstance(event.get("model"), Model)
    return is_model and isinstance(event.get("attr"), str) and event["attr"] in event["model"].properties()


def _names_a_value(event: Any) -> bool:
    return _names_a_property(event) and event["attr"] in _VALUES


def _where(event: Any) -> str:
    # Only names of our own are repeated: what came may be of any length.
    if not _names_a_property(event):
        return "something that is not on this page"
    model = event["model"]
    return f"{model.name or getattr(model, 'title', None) or type(model).__name__} ({event['attr']})"
