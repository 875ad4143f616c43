"""What the user moves on the page with sliders: for each parameter a slider, and beside it the number itself.

Made of Bokeh's own widgets: a window has thirty of them, and those of Panel take four times as long to make.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

from . import styles
from .live import Slider


class Control:
    """One parameter: a slider, the number, which may go beyond the slider's ends, and what both mean.

    Parameters
    ----------
    slider : Slider
    moved : callable
        Called when there is another value.
    refused : callable
        Gets a line for the user about what is no value.

    Attributes
    ----------
    handle, field : bokeh.models.Slider, bokeh.models.Spinner
    view : bokeh.models.Column
    """

    def __init__(self, slider: Slider, moved: Callable[[], None], refused: Callable[[str], None]) -> None:
        from bokeh.models import Column, Div, Spinner
        from bokeh.models import Slider as Handle

        self.slider, self._moved, self._refused = slider, moved, refused
        self._value, (low, high) = slider.default, slider.reach
        self._is_showing = False
        wide = {"sizing_mode": "stretch_width"}
        self.handle = Handle(
            name=slider.name, value=self._value, start=low, end=high, step=slider.step, title=None, show_value=False,
            margin=(2, 4, 4, 4), **wide,
        )  # fmt: skip
        self.field = Spinner(
            name=slider.name, value=self._value, step=slider.step, title=f"{slider.title}:", format="0[.]0[00000]",
            stylesheets=[styles.FIELD_CSS], margin=(6, 4, 0, 4), **wide,
        )  # fmt: skip
        self.caption = Div(text=styles.caption(slider), stylesheets=[styles.CAPTION_CSS], margin=(0, 4, 4, 4), **wide)
        self.view = Column(self.field, self.handle, self.caption, css_classes=[f"parameter-{slider.name}"], **wide)
        for widget in (self.handle, self.field):
            widget.on_change("value", self._changed)

    @property
    def value(self) -> float:
        """Where it stands, a finite number; one that is not allowed is for the runs to refuse."""
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        self._set(value, self.handle.start, self.handle.end)

    def tell(self, effect: str) -> None:
        """Show below the slider what it does; nothing for an empty text."""
        self.caption.text = styles.caption(self.slider, effect)

    def reset(self, value: float) -> None:
        """Stand at a value, on a slider that ends where it did at first."""
        self._set(value, *self.slider.reach)

    def _set(self, value: float, start: float, end: float) -> None:
        is_new, self._value = value != self._value, value
        self._show(start, end)
        if is_new:
            self._moved()

    def _changed(self, attribute: str, old: Any, new: Any) -> None:
        if self._is_showing:
            return
        number = _finite(new)
        if number is None:
            self._show(self.handle.start, self.handle.end)
            self._refused(f"{self.slider.name}: not a finite number; it stays at {self._value:g}")
        else:
            self.value = number

    def _show(self, start: float, end: float) -> None:
        """Let both widgets show the value; a slider goes on to it, as long as it is allowed."""
        within = min(max(self._value, self.slider.known.low), self.slider.known.high)
        self._is_showing = True
        try:
            self.handle.update(start=min(start, within), end=max(end, within), value=within)
            self.field.value = self._value
        finally:
            self._is_showing = False


def _finite(value: Any) -> float | None:
    # None is an empty field; a whole number may be too long for a float.
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        return float(value) if math.isfinite(value) else None
    return None
