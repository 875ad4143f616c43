"""The parts of the page with sliders that show an experiment, and the runs that they follow."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

from . import styles
from .live import Seen, Settings, Simulator
from .plots import COMPARED, LIVE, Plot
from .run_queue import RunQueue


class Follower:
    """Runs of one experiment for settings that change faster than it runs: the newest settings win.

    Parameters
    ----------
    runs : RunQueue
    simulator : Simulator
        One of the queue's.
    show : callable
        Gets the run, or the error that came instead.
    rest : float
        A run begins when the settings have not changed for so long (s).
    is_closed : callable
        Whether there is nobody any more to show a run to.
    """

    def __init__(
        self,
        runs: RunQueue,
        simulator: Simulator,
        show: Callable[[Seen | Exception], None],
        rest: float = 0.0,
        is_closed: Callable[[], bool] = lambda: False,
    ) -> None:
        self.runs, self.simulator, self.show, self.rest, self.is_closed = runs, simulator, show, rest, is_closed
        self.wanted: Settings | None = None
        self.taken: Settings | None = None
        self.task: asyncio.Task[None] | None = None

    def ask(self, settings: Settings) -> None:
        """Want a run with these settings; to be called in the event loop."""
        self.wanted = settings
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self.wanted is not None:
            newest = self.wanted
            await asyncio.sleep(self.rest)
            if self.rest and self.wanted is not newest:
                continue
            made = await asyncio.wrap_future(self.runs.submit(self.simulator, self._take))
            if made is None or self.is_closed():
                return
            if self.wanted is self.taken:
                self.wanted = None
            self.show(made)

    def _take(self) -> Settings | None:
        """The newest settings; the queue's thread asks for them, which therefore changes nothing that is wanted."""
        self.taken = None if self.is_closed() else self.wanted
        return self.taken


class Section:
    """What is shown of one experiment: numbers and plots of the newest run, the preset's beside them.

    Parameters
    ----------
    panel : module
    title, about : str
    plots : sequence of Plot
    numbers : callable
        From a summary to the numbers of the head, as texts by name.
    """

    def __init__(
        self, panel: Any, title: str, about: str, plots: Sequence[Plot], numbers: Callable[[Any], dict[str, str]]
    ) -> None:
        self.title, self.about, self.plots, self.numbers = title, about, plots, numbers
        self.head = panel.pane.HTML(stylesheets=[styles.NUMBERS_CSS], sizing_mode="stretch_width", margin=(2, 4))
        self.seen: dict[str, Seen] = {}
        self.wanted: Settings = {}
        self.error = ""
        self.comparing = False

    def expect(self, settings: Settings) -> None:
        """Until a run with these settings comes, the numbers are marked as old."""
        before = self._is_old, self.error
        self.wanted, self.error = settings, ""
        if before != (self._is_old, ""):
            self._tell()

    @property
    def _is_old(self) -> bool:
        return LIVE not in self.seen or self.seen[LIVE].settings != self.wanted

    def receive(self, seen: Seen | Exception, which: str) -> None:
        """Show a run, or why there is none."""
        if isinstance(seen, Seen):
            self.seen[which] = seen
            for plot in self.plots:
                plot.show(seen.analysis, which)
        if which == LIVE:
            self.error = "" if isinstance(seen, Seen) else str(seen)
        self._tell()

    def compare(self, shown: bool) -> None:
        """Show the preset behind the newest run, or hide it."""
        self.comparing = shown
        for plot in self.plots:
            plot.compare(shown)
        self._tell()

    def _tell(self) -> None:
        texts = {which: self.numbers(seen.analysis.summary) for which, seen in self.seen.items()}
        live_run = self.seen.get(LIVE)
        self.head.object = styles.section_head(
            title=self.title,
            about=self.about if live_run is None else f"{self.about}; simulated in {1e3 * live_run.took_s:.0f} ms",
            numbers=texts.get(LIVE, {}),
            preset=texts.get(COMPARED, {}) if self.comparing else {},
            old=self._is_old,
            error=self.error,
        )


def counts(summary: Any) -> dict[str, str]:
    """Of the cell in current_steps."""
    return {f"{name}s": str(summary[f"{name}_count"][0]) for name in ("spike", "event", "burst")}


def rates(summary: Any) -> dict[str, str]:
    """Of the cells at the working point of response_curves."""
    probability = summary["burst_probability"][0]
    return {
        "event rate": f"{summary['event_rate_Hz'][0]:.2f} Hz",
        "burst probability": f"{100 * probability:.1f} %" if math.isfinite(probability) else "–",  # without events
    }
