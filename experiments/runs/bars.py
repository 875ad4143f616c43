"""Progress bars: where somebody looks, in a terminal or a notebook, and nowhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from burstlab.equations.errors import ParameterError

from ..errors import option

if TYPE_CHECKING:  # it loads numpy, which short commands do without
    from .plans import Plan

# What is told of a run: simulated and total time in seconds, or in what else the experiment counts.
Progress = Callable[[float, float], None]


def _check(progress: Any) -> None:
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise ParameterError(f"{option('progress', progress)}: a function, True for a bar or False for none is needed")


def _bar(**about: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets a notebook gets a bar of letters, and no word about it
        from tqdm.auto import tqdm

    # The stderr of a notebook says that it is no terminal.
    watched = sys.stderr.isatty() or type(sys.stderr).__module__.startswith("ipykernel.")
    return tqdm(disable=not watched, **about)


class Bars:
    """A progress bar per run, with simulated time, or what else is counted, and time left."""

    def __init__(self) -> None:
        self.bars: list[Any] = []
        self.lock = threading.Lock()

    def of(self, planned: Plan) -> Progress:
        """The progress function of a run; its bar appears when the run begins."""
        bar: list[Any] = []

        def progress(done: float, total: float) -> None:
            with self.lock:
                if not bar:
                    bar.append(self._new(planned, total))
                bar[0].n = round(done, 1)
                bar[0].refresh()
                if done >= total:
                    bar[0].close()

        return progress

    def chosen(self, progress: Progress | bool, planned: Plan) -> Progress | None:
        """What a user wants to see of a run: a function of their own, the bar (True), or nothing (False)."""
        _check(progress)
        if callable(progress):
            return progress
        return self.of(planned) if progress else None

    def _new(self, planned: Plan, total: float) -> Any:
        counted = planned.experiment.counted
        taken = {open_bar.pos for open_bar in self.bars if not open_bar.disable and open_bar.n < open_bar.total}
        bar = _bar(
            total=round(total, 1),
            desc=f"{planned.experiment.name} {planned.preset} seed {planned.seed}",
            position=next(k for k in range(len(taken) + 1) if -k not in taken),
            bar_format="{desc} {percentage:3.0f}%|{bar}| {n:.1f}/{total:.1f} "
            + ("s simulated" if counted == "s" else counted)
            + ", {remaining} left",
        )
        self.bars.append(bar)
        return bar

    def close(self) -> None:
        """Leave every bar as it stands."""
        for bar in self.bars:
            bar.close()


@contextlib.contextmanager
def runs_bar(title: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A bar over the runs of a sweep, or of the like: its progress function."""
    with _bar(total=total, desc=title, unit=" runs") as bar:

        def progress(done: int, total: int) -> None:
            # What was done before counts for the bar, not for its speed.
            if not bar.n:
                bar.initial = done
            bar.n = done
            bar.refresh()

        yield progress


@contextlib.contextmanager
def runs_chosen(progress: Callable[[int, int], None] | bool, title: str, total: int) -> Iterator[Any]:
    """What a user wants to see of many runs: a function of their own, the bar (True), or nothing (False)."""
    _check(progress)
    if callable(progress) or not progress:
        yield progress or None
    else:
        with runs_bar(title, total) as bar:
            yield bar
