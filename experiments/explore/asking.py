"""What takes a window of the page some seconds: what all sliders do, and a fit to a wanted rate and probability."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import numpy as np

from . import around
from .live import Seen, Settings
from .run_queue import RunQueue


class Window(Protocol):
    """What is asked of the page."""

    @property
    def settings(self) -> dict[str, float]: ...
    def is_closed(self) -> bool: ...
    def in_turn(self, change: Callable[[], None]) -> None: ...
    def show_effects(self, texts: dict[str, str]) -> None: ...
    def take(self, settings: Settings, text: str) -> None: ...
    def say(self, text: str, wrong: bool = False) -> None: ...


class Asking:
    """One thing at a time; where the sliders have moved meanwhile, nothing is shown.

    Parameters
    ----------
    runs : RunQueue
        Its second simulator is that of response_curves.
    window : Window
    """

    def __init__(self, runs: RunQueue, window: Window) -> None:
        self.runs, self.window = runs, window
        self.task: asyncio.Task[None] | None = None

    def look(self, settings: Settings) -> None:
        """Show what each slider does."""
        self._begin(lambda: self._look(settings))

    def fit(self, settings: Settings, rate: float, percent: float) -> None:
        """Move the sliders to where event rate (Hz) and burst probability (%) are as wanted."""
        if not (math.isfinite(rate) and math.isfinite(percent)):
            return self.window.say("event rate and burst probability: finite numbers are needed", wrong=True)
        return self._begin(lambda: self._fit(settings, np.array([rate, percent / 100])))

    def _begin(self, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self.task is None or self.task.done():
            self.window.say("some seconds, please ...")
            self.task = asyncio.get_running_loop().create_task(what())

    async def _measure(self, *points: Settings) -> list[np.ndarray | None]:
        simulator = self.runs.simulators[1]

        def wanted(settings: Settings) -> Callable[[], Settings | None]:
            return lambda: None if self.window.is_closed() else settings

        made = [asyncio.wrap_future(self.runs.submit(simulator, wanted(settings))) for settings in points]
        answers = await asyncio.gather(*made)
        return [around.measured(seen) if isinstance(seen, Seen) else None for seen in answers]

    async def _effects(self, settings: Settings) -> dict[str, around.Effect]:
        found = around.neighbours(settings)
        answers = await self._measure(*(point for pair in found.values() for point in pair))
        return around.effects(found, answers)

    async def _look(self, settings: Settings) -> None:
        found = await self._effects(settings)
        if settings == self.window.settings:
            texts = {name: effect.text for name, effect in found.items()}
            self.window.in_turn(lambda: self.window.show_effects(texts))

    async def _fit(self, before: Settings, wanted: np.ndarray) -> None:
        (here,) = await self._measure(before)
        if here is None:
            return self.window.in_turn(lambda: self.window.say("there is no run where the sliders stand", wrong=True))
        way = around.way(before, here, await self._effects(before), wanted)
        try:
            point = next(way)
            while True:
                (answer,) = await self._measure(point)
                point = way.send(answer)
        except StopIteration as end:
            settings, found = end.value
        if before == self.window.settings:
            text = around.said(settings, before, found, wanted)
            self.window.in_turn(lambda: self.window.take(settings, text))
        return None
