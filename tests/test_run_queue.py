"""The runs of all windows: which are made, in which order, and that no event loop waits for one."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest

from burstlab.experiments import RunError
from burstlab.experiments.experiment import Analysis
from burstlab.experiments.explore import live, run_queue
from burstlab.experiments.explore.live import Seen
from burstlab.experiments.explore.run_queue import RunQueue
from burstlab.experiments.explore.sections import Follower

from .explore_page import in_a_thread

PATIENCE = 60  # s, for what takes milliseconds


class Simulated:
    """In place of an experiment's program: notes what it is asked for, and ends when it is let go."""

    def __init__(self, name, made):
        self.experiment, self.made = SimpleNamespace(name=name), made
        self.go, self.began = threading.Event(), threading.Event()
        self.fails = False

    def __call__(self, settings):
        self.made.append((self.experiment.name, settings["x"]))
        self.began.set()
        assert self.go.wait(PATIENCE)
        if self.fails:
            raise RunError("the disk is full")
        return Seen(settings=dict(settings), analysis=Analysis(arrays={}, summary={}, bounds={}), took_s=0)


@pytest.fixture
def made():
    return []


@pytest.fixture
def trace(made):
    return Simulated("trace", made)


@pytest.fixture
def curves(made):
    return Simulated("curves", made)


@pytest.fixture
def runs(trace, curves, monkeypatch):
    monkeypatch.setattr(live, "defaults", lambda: {"x": 0})
    queue = RunQueue([trace, curves])
    yield queue
    for simulator in queue.simulators:
        simulator.go.set()
    queue.close()


def test_fifty_movements_during_a_run_are_one_more_run(runs, trace, made):
    """The loop is free while the run is made, and the newest settings win."""
    shown = []

    async def move():
        follower = Follower(runs, trace, shown.append)
        follower.ask({"x": 1})
        while not trace.began.is_set():
            await asyncio.sleep(0)
        for x in range(2, 52):
            follower.ask({"x": x})
            await asyncio.sleep(0)
        assert shown == []
        trace.go.set()
        await follower.task

    in_a_thread(move())
    assert made == [("trace", 1), ("trace", 51)]
    assert [seen.settings["x"] for seen in shown] == [1, 51]


def test_curves_begin_when_the_movements_have_ended(runs, curves, made):
    curves.go.set()
    shown = []

    async def move():
        follower = Follower(runs, curves, shown.append, rest=0.2)
        for x in range(50):
            follower.ask({"x": x})
            await asyncio.sleep(0)
        await follower.task

    in_a_thread(move())
    assert made == [("curves", 49)]
    assert len(shown) == 1


def hold_all_threads(runs, trace):
    """Occupy every thread with a run that does not end."""
    held = [runs.submit(trace, lambda x=x: {"x": x}) for x in range(100, 100 + runs._threads._max_workers)]
    while not all(future.running() for future in held):
        assert trace.began.wait(PATIENCE)
    return held


def test_traces_go_before_curves_that_wait(runs, trace, curves, made):
    curves.go.set()
    held = hold_all_threads(runs, trace)
    waiting = [runs.submit(curves, lambda x=x: {"x": x}) for x in range(4 * len(held))]
    waiting.append(runs.submit(trace, lambda: {"x": 7}))
    trace.go.set()
    for future in (*held, *waiting):
        future.result(PATIENCE)
    # Threads work side by side, so that others may note their curves a moment before it.
    assert made[len(held) :].index(("trace", 7)) < 2 * len(held)


def test_settings_are_those_of_the_moment_when_a_thread_is_free(runs, trace, made):
    held = hold_all_threads(runs, trace)
    wanted = {"x": 1}
    waiting = runs.submit(trace, lambda: wanted)
    wanted = {"x": 2}
    trace.go.set()
    assert waiting.result(PATIENCE).settings == {"x": 2}
    assert made[len(held) :] == [("trace", 2)]


def test_a_window_that_is_closed_asks_for_nothing(runs, trace, made):
    shown, closed = [], []

    async def move():
        held = hold_all_threads(runs, trace)
        follower = Follower(runs, trace, shown.append, is_closed=lambda: bool(closed))
        follower.ask({"x": 1})
        await asyncio.sleep(0.01)
        closed.append(True)
        trace.go.set()
        await follower.task
        assert all(future.result(PATIENCE) for future in held)

    in_a_thread(move())
    assert ("trace", 1) not in made
    assert shown == []


def test_twenty_windows_that_begin_together_make_one_run_of_each(runs, trace, curves, made):
    asked = [future for _ in range(20) for future in runs.submit_first()]
    assert runs.kept(trace, {"x": 0}) is None
    for simulator in runs.simulators:
        simulator.go.set()
    seen = [future.result(PATIENCE) for future in asked]
    assert sorted(made) == [("curves", 0), ("trace", 0)]
    assert len({id(one) for one in seen}) == 2
    assert runs.kept(trace, {"x": 0}) is seen[0]


def test_the_last_few_are_kept_and_the_first_for_good(runs, trace, curves, made):
    for simulator in runs.simulators:
        simulator.go.set()
    for future in runs.submit_first():
        future.result(PATIENCE)
    for x in range(1, 2 * run_queue.KEPT):
        runs.submit(trace, lambda x=x: {"x": x}).result(PATIENCE)
    assert len(runs._kept) == run_queue.KEPT
    assert all(runs.kept(simulator, {"x": 0}) for simulator in runs.simulators)
    assert runs.kept(trace, {"x": 1}) is None
    assert runs.kept(trace, {"x": 2 * run_queue.KEPT - 1}).settings["x"] == 2 * run_queue.KEPT - 1


def test_what_failed_is_tried_again(runs, trace, made):
    trace.go.set()
    trace.fails = True
    assert str(runs.submit(trace, live.defaults).result(PATIENCE)) == "the disk is full"
    assert runs.kept(trace, {"x": 0}) is None
    trace.fails = False
    assert isinstance(runs.submit(trace, live.defaults).result(PATIENCE), Seen)
    assert made == [("trace", 0)] * 2
