"""Times that are counted in time steps: whole numbers of them, or refused before anything is built."""

from __future__ import annotations

import dataclasses
import math

import brian2
import numpy as np
import pytest
from brian2 import Clock, Quantity, StateMonitor, ms
from hypothesis import given, settings
from hypothesis import strategies as st

from burstlab.experiments.catalogue import EXPERIMENTS, configure
from burstlab.experiments.cli import terminal
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.traces import plan_recording, steps
from burstlab.experiments.runs import runner
from burstlab.models import ParameterError
from burstlab.models.burst_plasticity import burst_rule, run_homeostasis
from burstlab.models.integration import LAST_STEP
from burstlab.models.parameters import check, component, quantity, walk
from burstlab.models.pyramidal import pyramidal

from .experiment_runs import here as here
from .experiment_runs import refused

DTS = ("0.1 ms", "0.2 ms", "0.15 ms", "0.06 ms", "0.07 ms", "0.3 ms", "0.5 ms", "0.013 ms", "0.01 ms")
# Times of the protocols of `pairing`, which rounds up what is simulated.
FREE = ("pause", "rest", "duration_poisson")
WITH_DT = sorted(name for name, module in EXPERIMENTS.items() if hasattr(module.presets["quick"], "dt"))


def _steps_on_numpy(duration, dt):
    """The steps that Brian2's clock has in Python: what is within 1e-4 of a whole number is that number."""
    clock = Clock(dt * brian2.second, name="counted")
    clock.set_interval(0 * brian2.second, duration * brian2.second)
    return int(clock._i_end)


def _steps_on_cpp(duration, dt):
    """The same in C++ (brianlib/clocks.h): what is off by more than 1e-14, relative, is a step more."""
    count = math.floor(duration / dt + 0.5)
    exact = count * dt
    return count if abs(exact - duration) <= 1e-14 * abs(exact) else math.ceil(duration / dt)


def _times(config):
    return {name: (known, value) for name, known, value in walk(config) if known.multiple_of}


@st.composite
def _changes(draw, module):
    """Other values of some times of an experiment: multiples of a time step, half a step or next to nothing off."""
    config = module.presets["quick"]
    dt = draw(st.sampled_from(DTS))
    changed = {"dt": dt}
    step = float(dt.split()[0]) * 1e-3
    free = {name: (known, value) for name, known, value in walk(config) if name in FREE}
    for name, (known, value) in (_times(config) | free).items():
        unit = float(known.unit)
        low, high = known.low * unit, min(known.high * unit, 4 * float(value) + unit)
        near = draw(st.sampled_from((float(value), draw(st.floats(low, high)))))
        part = draw(st.sampled_from((step, 10 * step, 1e-3, 0.05)))
        off = draw(st.sampled_from((0, 0, 0, 0, 0, 0.5, 1e-4, 1e-9, 1e-12)))
        number = (max(1, round(near / part)) * part + off * step) / unit
        changed[name] = f"{number!r} {known.unit}"
    # A few at a time: the more of them, the less is accepted.
    kept = draw(st.lists(st.sampled_from(sorted(changed)), max_size=3, unique=True))
    return {name: changed[name] for name in kept}


@pytest.mark.parametrize("name", WITH_DT)
def test_what_is_accepted_has_as_many_steps_as_are_expected(name):
    seen = {"accepted": 0, "refused": 0}

    @settings(max_examples=80)
    @given(_changes(EXPERIMENTS[name]))
    def every(changed):
        try:
            config = configure(EXPERIMENTS[name], "quick", changed)
        except ParameterError:
            seen["refused"] += 1
            return
        seen["accepted"] += 1
        duration, dt = float(config.duration), float(config.dt)
        expected = round(duration / dt)
        assert _steps_on_numpy(duration, dt) == _steps_on_cpp(duration, dt) == expected < LAST_STEP
        for known, value in _times(config).values():
            part = float(getattr(config, known.multiple_of))
            assert _steps_on_numpy(float(value), part) == _steps_on_cpp(float(value), part)
        # What is compiled is as long as what is asked for.
        compiled = structure(config)
        assert (float(compiled.duration), float(compiled.dt)) == (duration, dt)

    every()
    assert seen["accepted"] >= 10, seen
    assert seen["refused"] >= 10 or not _times(EXPERIMENTS[name].presets["quick"]), seen


def _clocks_and_rows(config, module):
    model = module.build(structure(config))
    assert float(model.duration) == float(config.duration)
    clocks = {obj.clock for obj in model.network.objects if getattr(obj, "clock", None) is not None}
    rows = [
        (output.owner.clock, output.rows)
        for output in model.outputs.values()
        if isinstance(output.owner, StateMonitor) and output.rows is not None
    ]
    return clocks, rows


# What is asked for beside the times, so that building takes no time.
SMALL = {
    "current_steps": {},
    "response_curves": {"cells_per_current": "1"},
    "pairing": {"poisson_realisations": "2", "burst_realisations": "2", "trains": "1", "frequencies": "20 Hz, 50 Hz"},
    "plasticity_network": {"n": "10", "inputs_per_cell": "5"},
    "multiplexing": {"n": "10", "n_pv": "2", "n_som": "2"},
    "transfer": {"n": "20", "n_pv": "2", "n_som": "2", "recurrent_n": "20"},
    "transmission": {"n": "1"},
    "xor": {"n": "125", "epochs": "1"},
    "xor_full": {"n": "125", "epochs": "1"},
    "learn": {"cells_per_unit": "10", "inputs_per_unit": "5", "epochs": "1"},
    "working_point": {"n": "50", "I_input": "0 pA"},
}


@pytest.mark.parametrize("name", WITH_DT)
def test_rows_and_clocks_follow_from_the_steps(name):
    """Records have the rows that are expected, and slow clocks are due in whole steps of the fast one."""
    seen = []

    @settings(max_examples=5)
    @given(_changes(EXPERIMENTS[name]))
    def every(changed):
        try:
            config = configure(EXPERIMENTS[name], "quick", SMALL[name] | changed)
        except ParameterError:
            return
        if config.duration / config.dt > 3e5:  # of large arrays
            return
        clocks, rows = _clocks_and_rows(config, EXPERIMENTS[name])
        fast = float(config.dt)
        for clock in clocks:
            ratio = float(clock.dt) / fast
            assert ratio >= 1 - 1e-9  # no clock is faster than the cells'
            assert abs(ratio - round(ratio)) <= 1e-6 * ratio
        for clock, expected in rows:
            every_ = round(float(clock.dt) / fast)
            assert -(-round(float(config.duration) / fast) // every_) == expected
        seen.append(len(rows))

    every()
    with_preset = configure(EXPERIMENTS[name], "quick", SMALL[name])
    assert _clocks_and_rows(with_preset, EXPERIMENTS[name])[0] or seen


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_presets_are_whole_steps(name):
    for preset, config in EXPERIMENTS[name].presets.items():
        assert configure(EXPERIMENTS[name], preset, {}) == config
        if hasattr(config, "dt"):
            count = float(config.duration / config.dt)
            assert _steps_on_cpp(float(config.duration), float(config.dt)) == round(count)


@pytest.mark.parametrize(
    ("experiment", "changed", "value", "said"),
    [
        ("current_steps", "duration=0.80005 second", "duration = 800.05 ms", "dt = 0.1 ms; take 800 ms or 800.1 ms or"),
        ("current_steps", "duration=0.8000000000001 s", "duration = 800.0000000001 ms", "dt = 0.1 ms; take 800 ms or"),
        ("current_steps", "dt=0.15 ms", "onset = 100 ms", "dt = 0.15 ms; take 99.9 ms or 100.05 ms or another dt"),
        ("current_steps", "dt=0.06 ms", "onset = 100 ms", "dt = 0.06 ms; take 99.96 ms or 100.02 ms"),
        ("current_steps", "duration=29999.99 ms", "duration = 29999.99 ms", "dt = 0.1 ms; take 29999.9 ms or 30000 ms"),
        ("response_curves", "settling=300.05 ms", "settling = 300.05 ms", "dt = 0.1 ms"),
        ("plasticity_network", "segment=8.2 s", "segment = 8.2 s", "bin = 500 ms; take 8 s or 8.5 s or another bin"),
        ("multiplexing", "bin=50.05 ms", "burn_in = 1 s", "bin = 50.05 ms; take 0.95095 s or 1.001 s"),
        ("transfer", "step=0.70005 s", "step = 0.70005 s", "dt = 0.1 ms"),
        ("transmission", "sampling=3 ms", "segment = 2 s", "sampling = 3 ms"),
        ("xor", "settling=6.0001 s", "settling = 6.0001 s", "dt = 0.2 ms"),
        ("xor_full", "delay=0.1 ms", "delay = 0.1 ms", "dt = 0.2 ms; take 0.2 ms or another dt"),
        ("working_point", "measured=8.0001 s", "measured = 8.0001 s", "dt = 0.2 ms"),
    ],
)  # fmt: skip
def test_others_are_refused_in_one_line_before_a_compile(here, monkeypatch, experiment, changed, value, said):
    monkeypatch.setattr(terminal, "announce_compile", lambda *_: None)
    monkeypatch.setattr(runner, "execute", lambda *_, **__: pytest.fail("a run began"))
    assert f"{value}: not a whole number of {said}" in refused(here("run", experiment, "--set", changed))


@pytest.mark.parametrize("name", ["current_steps", "multiplexing", "xor_full"])
def test_params_says_which_times_are_whole_steps(here, name):
    shown = here("params", name).stdout
    for known, _ in _times(EXPERIMENTS[name].presets["quick"]).values():
        assert f"{known.low:g} to {known.high:g} {known.unit}, a whole number of {known.multiple_of}" in shown
    assert len(_times(EXPERIMENTS[name].presets["quick"])) >= 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inner:
    """A set that knows no time step."""

    pause: Quantity = quantity(10, ms, 0, 100, "a time", multiple_of="dt")

    __post_init__ = check


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outer:
    """A set with a time step and another set in it."""

    dt: Quantity = quantity(0.1, ms, 0.01, 1, "time step")
    inner: Inner = component(Inner, prefix="inner_")

    __post_init__ = check


def test_times_of_a_set_in_a_set_are_looked_at_too():
    odd = Inner(pause=10.05 * ms)
    assert Outer(inner=odd, dt=0.05 * ms).inner is odd
    with pytest.raises(ParameterError, match=r"inner_pause = 10\.05 ms: not a whole number of dt = 0\.1 ms"):
        Outer(inner=odd)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("xor", {"epochs": "10000", "dt": "0.01 ms"}),
        ("xor_full", {"epochs": "10000", "dt": "0.01 ms"}),
        ("pairing", {"trains": "1000", "pause": "100 s", "dt": "0.01 ms"}),
    ],
)
def test_more_steps_than_can_be_counted_are_refused(name, changed):
    with pytest.raises(ParameterError, match=f"more than the {LAST_STEP} that can be counted"):
        configure(EXPERIMENTS[name], "quick", changed)


def test_a_step_may_end_with_the_run():
    """100 ms and 200 ms are 300 ms, whatever the sum is in binary."""
    config = configure(EXPERIMENTS["current_steps"], "quick", {
        "onset": "100 ms", "step_duration": "200 ms", "duration": "300 ms",
    })  # fmt: skip
    on = EXPERIMENTS["current_steps"].values(config, 1)["somatic_step.values"][:, 0] > 0
    assert on.sum() == 2000
    assert on[-1]


@pytest.mark.parametrize("dt", [0.1, 0.2, 0.15, 0.07, 0.5])
def test_homeostasis_has_a_step_of_whole_time_steps(dt):
    brian2.defaultclock.dt = dt * ms
    cells = pyramidal(2, parts=[burst_rule("slow").part], name="homeostatic")
    run_homeostasis(cells, "slow")
    found = next(obj for obj in cells.contained_objects if obj.name == "homeostatic_homeostasis")
    ratio = float(found.clock.dt) / (dt * 1e-3)
    assert ratio == pytest.approx(round(ratio), rel=1e-12)
    assert abs(float(found.clock.dt) - 10e-3) <= dt * 1e-3 / 2 + 1e-12


@given(st.sampled_from(DTS[:6]), st.floats(0, 0.8), st.floats(0, 0.8))
def test_a_window_holds_the_steps_that_begin_in_it(dt, one, other):
    begin, end = sorted((one, other))
    step = float(dt.split()[0])
    config = configure(EXPERIMENTS["current_steps"], "quick", {
        "dt": dt, "onset": f"{400 * step} ms", "step_duration": f"{400 * step} ms", "duration": f"{2000 * step} ms",
    })  # fmt: skip
    inside = steps(begin, end, config)
    total = float(config.duration)
    try:
        recording = plan_recording(EXPERIMENTS["current_steps"], config, {"cells": [0]}, (begin, end))
    except ParameterError:
        assert len(inside) < 2 or begin >= end or end > total - 1e-9
        return
    assert recording is not None
    assert 0 <= inside.start < inside.stop <= _steps_on_cpp(total, float(config.dt))


def test_a_window_that_ends_after_the_run_is_refused():
    """However little: there is no step at its end, and one sample would be missing."""
    config = configure(EXPERIMENTS["current_steps"], "quick", {"dt": "0.005 ms"})
    with pytest.raises(ParameterError, match="within the"):
        plan_recording(EXPERIMENTS["current_steps"], config, {"cells": [0]}, (0, 0.8 + 9e-10))
    assert plan_recording(EXPERIMENTS["current_steps"], config, {"cells": [0]}, (0, 0.8)) is not None


@pytest.mark.parametrize(
    "changed", [{}, {"settling": "0 s"}, {"dt": "0.05 ms", "settling": "100 s"}, {"dt": "0.16 ms"}]
)
def test_working_point_counts_in_every_step_of_what_is_measured(changed):
    experiment = EXPERIMENTS["working_point"]
    config = configure(experiment, "quick", SMALL["working_point"] | {"measured": "0.8 s"} | changed)
    model = experiment.build(structure(config))
    (cells,) = (owner for owner in model.network.objects if owner.name == "cells")
    begin = np.asarray(experiment.values(config, 1)["cells.t_measured"], cells.variables["t_measured"].dtype)
    counted = np.arange(round(float(config.duration / config.dt))) * float(config.dt) > begin
    assert np.count_nonzero(counted) == round(float(config.measured / config.dt))
    assert counted[-1]


@pytest.mark.parametrize("dt", [0.1, 0.06, 0.07, 0.15])
def test_response_curves_count_from_the_first_step_after_settling(dt):
    """A spike of a cell in the last step that does not count, in the first that does, and in the last of all."""
    experiment = EXPERIMENTS["response_curves"]
    config = configure(experiment, "quick", {
        "dt": f"{dt} ms", "settling": f"{3000 * dt:.12g} ms", "duration": f"{9000 * dt:.12g} ms",
        "cells_per_current": 1, "somatic_sweep": "0 pA", "dendritic_sweep": "0 pA",
    })  # fmt: skip
    step = np.array([2999, 3000, 8999])
    raw = {
        "cell": np.zeros(3, int), "time": step * float(config.dt),
        "v_s": np.full((9000, 1), -0.07), "v_d": np.full((9000, 1), -0.07),
    }  # fmt: skip
    found = experiment.analyse(config, raw, 1)
    # Two spikes in a row are a burst, whose event is not counted.
    seconds = 6000 * float(config.dt)
    assert found.summary["event_rate_Hz"] == pytest.approx([1 / seconds])
    assert found.summary["burst_rate_Hz"] == pytest.approx([1 / seconds])
