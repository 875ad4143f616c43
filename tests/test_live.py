"""What stands behind the page with sliders, without a page: parameters, presets, runs, and how to repeat them."""

from __future__ import annotations

import dataclasses
import shlex
import subprocess
import sys

import numpy as np
import pytest
from brian2 import ms

from burstlab.experiments.catalogue import configure, find
from burstlab.experiments.explore import live
from burstlab.experiments.explore.plots import extremes
from burstlab.models import Conductance, ParameterError, Pyramidal
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, run_once
from .patience import PATIENCE

__all__ = ["cache"]


# ---- sliders ---------------------------------------------------------------------------------------------------------


def test_every_parameter_of_cell_and_synapses_is_a_slider():
    names = {field.name for kind in (Pyramidal, Conductance) for field in dataclasses.fields(kind)}
    background = {name for name in live.sliders() if name.startswith("background_")}
    assert len(names) == 23
    assert len(background) == 6
    assert set(live.sliders()) == names | background | set(live.CURRENTS)


def test_a_slider_is_what_is_known_of_the_parameter():
    slider = live.sliders()["tau_d"]
    assert (slider.title, slider.group, slider.default) == ("tau_d (ms)", "dendrite", 7)
    assert (slider.known.low, slider.known.high, slider.reach, slider.step) == (1, 100, (1, 28), 0.1)
    assert slider.range_text == "1 to 100 ms"
    assert slider.known.meaning == "dendritic membrane time constant"
    assert slider.experiments == ("current_steps", "response_curves")
    assert live.sliders()["background_exc_s"].title == "background_exc_s"
    assert live.sliders()["background_exc_s"].experiments == ("response_curves",)


@pytest.mark.parametrize("name", list(live.sliders()))
def test_both_ends_are_allowed_and_nothing_beyond(name):
    slider = live.sliders()[name]
    module = find(slider.experiments[-1])
    low, high = slider.reach
    assert 0 < slider.step <= (high - low) / 100
    assert slider.known.low <= low < slider.default < high <= slider.known.high
    for end, beyond in ((slider.known.low, -1), (slider.known.high, 1)):
        at_end = live.defaults() | {name: end}
        configure(module, live.PRESET, live.changes(module, at_end))
        outside = live.defaults() | {name: end + beyond}
        with pytest.raises(ParameterError, match=f"{name} = .* outside the allowed range"):
            configure(module, live.PRESET, live.changes(module, outside))


def test_presets_hold_every_parameter_and_begin_with_the_defaults():
    presets = live.presets()
    assert len(presets) == 10
    assert next(iter(presets.values())) == live.defaults()
    assert all(set(settings) == set(live.sliders()) for settings in presets.values())
    assert [settings["somatic_current"] for settings in presets.values()].count(500) >= 3
    assert presets["500 pA soma, 800 pA dendrite"]["dendritic_current"] == 800


def test_presets_are_within_the_reach_of_the_sliders():
    for settings in live.presets().values():
        for name, slider in live.sliders().items():
            assert slider.reach[0] <= settings[name] <= slider.reach[1], name


def test_extremes_keep_what_a_plot_shows(rng):
    values = np.cumsum(rng.normal(size=8003))
    kept = extremes(values)
    assert np.all(np.diff(kept) > 0)
    assert 1000 <= len(kept) <= 2000
    # No sample is further from those kept in its piece of 9 than their spread.
    for begin in range(0, len(values), 9):
        piece = values[begin : begin + 9]
        inside = values[kept[(kept >= begin) & (kept < begin + 9)]]
        assert (inside.min(), inside.max()) == (piece.min(), piece.max())
    np.testing.assert_array_equal(extremes(values[:2000]), np.arange(2000))


# ---- runs ------------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_is_shown_is_what_a_run_gives():
    settings = live.defaults() | {"tau_d": 9.0, "background_exc_s": 0.4}
    runs = {
        "current_steps": run_once("current_steps", tau_d="9 ms"),
        "response_curves": run_once(
            "response_curves",
            tau_d="9 ms",
            background_exc_s="0.4",
            somatic_current="500 pA",
            dendritic_current="400 pA",
        ),
    }
    for module in live.EXPERIMENTS:
        seen = live.Simulator(module)(settings)
        ours = runs[module.name]
        assert seen.analysis.divergence is None
        for name, value in seen.analysis.summary.items():
            assert value == ours.summary[name], name
        assert len(seen.analysis.arrays) >= 9
        for name, array in seen.analysis.arrays.items():
            assert (array.values.tobytes()) == ours.arrays[name].tobytes(), name
    assert runs["current_steps"].summary["burst_count"][0] > 0


def test_settings_that_set_refuses_are_refused():
    simulate = live.Simulator(find("current_steps"))
    for value in (0.0, 1000.0, float("nan"), float("inf")):
        with pytest.raises(ParameterError, match="tau_d"):
            simulate(live.defaults() | {"tau_d": value})


# ---- how to repeat it ------------------------------------------------------------------------------------------------


def test_command_lines_name_what_differs_and_no_more():
    plain = live.command_lines(live.defaults())
    assert plain.splitlines() == [
        "burstlab run current_steps --out results/explore/current_steps --force",
        "burstlab run response_curves --set 'somatic_current=500 pA' --set 'dendritic_current=400 pA' "
        "--out results/explore/response_curves --force",
    ]
    changed = live.command_lines(live.defaults() | {"tau_d": 9.0, "tau_exc": 5.5}).splitlines()
    assert changed[0].startswith("burstlab run current_steps --set 'tau_d=9 ms' --out ")
    assert "--set 'tau_d=9 ms' --set 'tau_exc=5.5 ms' --out" in changed[1]


def test_command_lines_are_read_back_exactly():
    """Awkward numbers: what a slider adds up to, and the smallest step of every parameter."""
    settings = {name: slider.default + 3 * slider.step for name, slider in live.sliders().items()}
    settings |= {"tau_d": 0.1 + 7.2, "K_duration": 1e-3}
    for module, line in zip(live.EXPERIMENTS, live.command_lines(settings).splitlines(), strict=True):
        words = shlex.split(line)
        assert words[:3] == ["burstlab", "run", module.name]
        assert words[-3:] == ["--out", f"results/explore/{module.name}", "--force"]
        texts = dict(word.split("=", 1) for word in words[4:-3:2])
        config = with_changes(module.presets[live.PRESET], texts)
        assert config == configure(module, live.PRESET, live.changes(module, settings))
        assert float(config.cell.tau_d / ms) == pytest.approx(7.3)
        assert len(texts) >= 20


@pytest.mark.long
def test_the_script_prints_the_numbers_of_the_page(tmp_path):
    settings = live.defaults() | {"g_d": 1400.0, "background_rate_s": 400.0}
    script = live.python_code(settings)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    summaries = [live.Simulator(module)(settings).analysis.summary for module in live.EXPERIMENTS]
    names = (("spike_count", "event_count", "burst_count"), ("event_rate_Hz", "burst_probability"))
    wanted = [f"{name} {summary[name]}" for summary, these in zip(summaries, names, strict=True) for name in these]
    assert done.stdout.splitlines() == wanted
