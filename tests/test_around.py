"""Around a point of the page with sliders: what each slider does, and the way to a wanted rate and probability."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from burstlab.experiments.explore import around, live
from burstlab.experiments.explore.page import Page
from burstlab.experiments.explore.run_queue import RunQueue

from .experiment_runs import cache
from .explore_page import in_a_thread

__all__ = ["cache"]


def response(settings):
    """Powers of parameters, whose logarithmic slopes are known, and a curved one."""
    relative = {name: settings[name] / live.defaults()[name] for name in ("tau_d", "g_d", "V_T")}
    rate = 8 * relative["g_d"] ** 0.5 * relative["V_T"] ** -1.5
    return np.array([rate, 0.3 * relative["tau_d"] * relative["g_d"] ** 0.3 * relative["V_T"] ** 0.2])


def known(settings):
    points = around.neighbours(settings)
    answers = [response(point) for pair in points.values() for point in pair]
    return around.effects(points, answers)


def test_every_slider_that_is_not_0_has_neighbours_within_what_is_allowed():
    points = around.neighbours(live.defaults() | {"background_exc_s": 0, "K_duration": 50})
    assert len(points) == len(live.sliders()) - 2  # E_exc is 0, too
    for name, (low, high) in points.items():
        slider = live.sliders()[name].known
        assert slider.low <= low[name] <= slider.high
        assert slider.low <= high[name] <= slider.high
        assert {key for key in low if low[key] != high[key]} == {name}
    assert points["K_duration"][1]["K_duration"] == 50


def test_slopes_are_those_of_the_function():
    found = known(live.defaults())
    assert found["g_d"].slope == pytest.approx([8 * 0.5, 0.3 * 0.3], rel=0.01)
    assert found["tau_d"].slope == pytest.approx([0, 0.3], rel=0.01)
    assert np.array_equal(found["tau_s"].slope, [0, 0])
    assert found["V_T"].slope == pytest.approx([-12, 0.06], rel=0.02)
    assert found["g_d"].text == "10 % more: event rate +0.40 Hz, burst probability +0.9 %"


@pytest.mark.parametrize("wanted", [(9.5, 0.4), (6, 0.2), (8, 0.6), (12, 0.15)])
def test_the_way_leads_to_what_is_wanted(wanted):
    settings, here = live.defaults(), response(live.defaults())
    way, count = around.way(settings, here, known(settings), np.array(wanted)), 0
    try:
        point = next(way)
        while True:
            count += 1
            point = way.send(response(point))
    except StopIteration as end:
        found, there = end.value
    assert np.all(np.abs(there - wanted) <= around.TOLERANCE)
    assert count <= around.MOST_STEPS
    # What does nothing stays where it is, and what is no parameter of the cell, too.
    moved = {name for name, value in found.items() if not np.isclose(value, settings[name], rtol=1e-4)}
    assert 0 < len(moved) <= 3
    assert moved <= {"tau_d", "g_d", "V_T"}
    assert around.said(found, settings, there, np.array(wanted)).startswith("fitted: event rate ")


def test_what_cannot_be_reached_is_said_and_the_nearest_kept():
    settings = live.defaults()
    way = around.way(settings, response(settings), known(settings), np.array([8.0, 0.9]))
    try:
        point = next(way)
        while True:
            answer = response(point)
            answer[1] = min(answer[1], 0.5)  # no cell bursts more often
            point = way.send(answer)
    except StopIteration as end:
        found, there = end.value
    assert there[1] == 0.5
    assert around.said(found, settings, there, np.array([8.0, 0.9])).startswith("not reached; the nearest: ")


def test_a_run_without_events_ends_the_way():
    settings = live.defaults()
    way = around.way(settings, response(settings), known(settings), np.array([12.0, 0.3]))
    next(way)
    with pytest.raises(StopIteration) as end:
        way.send(np.array([0.0, np.nan]))
    assert end.value.value[0] == settings


@pytest.mark.long
def test_the_page_shows_effects_and_fits():
    """In an event loop like a notebook's: below each slider what it does; then sliders where they are wanted."""
    panel = pytest.importorskip("panel")
    runs = RunQueue([live.Simulator(module) for module in live.EXPERIMENTS])
    for first in runs.submit_first():
        first.result()
    made = Page(panel, runs)
    rate = made.sections[1].seen["live"].analysis.summary["event_rate_Hz"][0]
    probability = made.sections[1].seen["live"].analysis.summary["burst_probability"][0]
    made.rate.value, made.probability.value = round(rate + 1), round(100 * probability) - 10

    async def use():
        made.asking.look(made.settings)
        await made.asking.task
        texts = {name: control.caption.text for name, control in made.sliders.items()}
        made.asking.fit(made.settings, made.rate.value, made.probability.value)
        await made.asking.task
        while made.sections[1].seen["live"].settings != made.settings:
            await asyncio.sleep(0.05)
        return texts

    texts = in_a_thread(use())
    assert "10 % more: event rate " in texts["g_d"]
    assert "10 % more" not in texts["E_exc"]
    assert "10 % more" not in made.sliders["g_d"].caption.text  # of another point
    assert 'class="said"' in made.notice.object
    assert "fitted: " in made.notice.object
    summary = made.sections[1].seen["live"].analysis.summary
    assert summary["event_rate_Hz"][0] == pytest.approx(made.rate.value, abs=around.TOLERANCE[0])
    assert summary["burst_probability"][0] == pytest.approx(made.probability.value / 100, abs=around.TOLERANCE[1])
    assert made.settings["somatic_current"] == live.defaults()["somatic_current"]
