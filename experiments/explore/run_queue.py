"""One queue of runs for all windows of the page with sliders: a few threads work on it, and no event loop ever does."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from joblib import cpu_count

from burstlab.equations.errors import ParameterError

from ..errors import RunError
from . import live
from .live import Seen, Settings, Simulator

# Asked for the settings of a run just before it begins; None if no run is wanted any more.
Wanted = Callable[[], Settings | None]

KEPT = 32  # runs that are remembered; one of response_curves has some 250 kB


class RunQueue:
    """Runs of the experiments, each made once however many windows want it.

    Parameters
    ----------
    simulators : sequence of Simulator
        Runs of the first one go before all that wait.
    """

    def __init__(self, simulators: Sequence[Simulator]) -> None:
        self.simulators = simulators
        # Two at least: a trace need not wait for the curves of the same window.
        self._threads = ThreadPoolExecutor(max(2, cpu_count()), "burstlab-explore")
        self._waiting: queue.PriorityQueue[
            tuple[int, int, Callable[[], Settings | None], Future[Seen | Exception | None]]
        ]
        self._waiting = queue.PriorityQueue()
        self._count = itertools.count()
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], Future[Seen | Exception]] = {}

    def submit(self, simulator: Simulator, wanted: Wanted) -> Future[Seen | Exception | None]:
        """Have a run made.

        Parameters
        ----------
        simulator : Simulator
        wanted : callable
            Asked for the settings when a thread is free, so that no time goes into those of a moment ago.

        Returns
        -------
        Future
            Of the run, or what is to be said about it; of None if none was wanted.
        """
        made: Future[Seen | Exception | None] = Future()
        self._waiting.put((self.simulators.index(simulator), next(self._count), wanted, made))
        self._threads.submit(self._make_next)
        return made

    def submit_first(self) -> list[Future[Seen | Exception | None]]:
        """Have the runs made that every window begins with."""
        return [self.submit(simulator, live.defaults) for simulator in self.simulators]

    def kept(self, simulator: Simulator, settings: Settings) -> Seen | None:
        """A run that need not be made again, if there is one."""
        with self._lock:
            made = self._kept.get(_key(simulator, settings))
        seen = made.result() if made is not None and made.done() else None
        return seen if isinstance(seen, Seen) else None

    def close(self) -> None:
        """End when the runs that have begun are made."""
        self._threads.shutdown(cancel_futures=True)

    def _make_next(self) -> None:
        first, _, wanted, made = self._waiting.get()
        if not made.set_running_or_notify_cancel():
            return
        try:
            settings = wanted()
            made.set_result(None if settings is None else self._make(self.simulators[first], settings))
        except BaseException as error:
            made.set_exception(error)

    def _make(self, simulator: Simulator, settings: Settings) -> Seen | Exception:
        key = _key(simulator, settings)
        with self._lock:
            made = self._kept.get(key)
            is_new = made is None
            if made is None:
                made = self._kept[key] = Future()
                if len(self._kept) > KEPT:
                    # All but the first ones, which every window begins with.
                    del self._kept[next(itertools.islice(self._kept, len(self.simulators), None))]
        if is_new:
            try:
                made.set_result(run(simulator, settings))
            except BaseException as error:
                made.set_exception(error)
            if made.exception() is not None or not isinstance(made.result(), Seen):
                with self._lock:
                    self._kept.pop(key, None)  # the disk may have space the next time
        return made.result()


def run(simulator: Simulator, settings: Settings) -> Seen | Exception:
    """A run, or what is to be said about it."""
    try:
        seen = simulator(settings)
    except (ParameterError, RunError) as error:
        return error
    return RunError(f"diverged: {seen.analysis.divergence}") if seen.analysis.divergence else seen


def _key(simulator: Simulator, settings: Settings) -> tuple[object, ...]:
    return (simulator.experiment.name, *sorted(settings.items()))
