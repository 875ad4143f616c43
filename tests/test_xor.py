"""The XOR experiment: its schedule, what each control changes, and identities of a short run (which learns nothing)."""

from __future__ import annotations

import json

import numpy as np
import pytest
from brian2 import Hz, Quantity, ms, pA, second

from burstlab.analysis import learning
from burstlab.experiments import xor
from burstlab.experiments.catalogue import configure
from burstlab.experiments.engine.cache import is_compiled
from burstlab.experiments.learning.schedule import presented, schedule
from burstlab.models import BurstPlasticity, ParameterError
from burstlab.models.parameters import with_changes

from .experiment_runs import SHORT_XOR, cache, short_xor

__all__ = ["cache"]
QUICK, PAPER = xor.PRESETS["quick"], xor.PRESETS["paper"]
FEW = {"epochs": 5}
HIDDEN = slice(2, 4)


def _config(**changes):
    return with_changes(PAPER, FEW | changes)


def _examples(config, values):
    """A stimulus without its settling, shape (examples, ticks of an example, ...)."""
    tick = config.tick_steps * float(config.dt)
    settle, length = round(float(config.settling) / tick), round(float(config.example_duration) / tick)
    return values[settle : settle + config.n_examples * length].reshape(config.n_examples, length, *values.shape[1:])


def _begin(config):
    return round(float(config.settling) / (config.tick_steps * float(config.dt)))


# ---- the presets -----------------------------------------------------------------------------------------------------


def test_paper_is_the_published_experiment():
    """Section 6.4 of the reference: sizes, times and rates."""
    wanted = {"n": 500, "inputs_per_cell": 100, "epochs": 500, "targets": (0, 1, 1, 0), "order": "fixed"}
    assert {name: getattr(PAPER, name) for name in wanted} == wanted
    quantities = {"dt": 0.1 * ms, "settling": 6 * second, "example_duration": 8 * second}
    for name, value in quantities.items():
        assert float(getattr(PAPER, name)) == pytest.approx(float(value))
    assert float(PAPER.eta_hidden) == pytest.approx(2 * float(PAPER.eta_output))
    assert float(PAPER.rule.tau_avg) == pytest.approx(2)


def test_quick_is_less_work_and_the_same_otherwise():
    work = [config.n * float(config.duration / config.dt) for config in (QUICK, PAPER)]
    assert work[0] < 0.25 * work[1]
    free = {"dt", "n", "inputs_per_cell", "example_duration", "settling", "epochs", "eta_hidden", "eta_output", "rule"}
    names = set(PAPER.__dataclass_fields__)
    assert {name for name in names if getattr(QUICK, name) != getattr(PAPER, name)} <= free


def test_duration_holds_the_schedule():
    config = _config()
    steps = float(config.settling) + 4 * (5 + 2) * float(config.example_duration)
    assert float(config.duration) == pytest.approx(steps + config.tick_steps * float(config.dt))


def test_bins_fit_into_ticks():
    for config in (QUICK, PAPER, configure(xor.EXPERIMENT, "quick", SHORT_XOR)):
        assert config.tick_steps % config.bin_steps == 0
        assert config.bin_steps * float(config.dt) <= 0.1 + 1e-12


def test_the_threshold_is_halfway():
    assert float(PAPER.decision_threshold) == pytest.approx(6)
    config = xor.Config(rule=BurstPlasticity(e_min=1 * Hz, e_max=20 * Hz))
    assert float(config.decision_threshold) == pytest.approx(10.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n": "125", "inputs_per_cell": "126"}, "inputs_per_cell = 126"),
        ({"example_duration": "0.20005 s"}, "example_duration"),
        ({"example_duration": "0.201 s"}, "example_duration"),
        ({"targets": "0,1"}, "targets"),
        ({"order": "shuffled"}, "order"),
        ({"epochs": "10000", "example_duration": "100 s"}, "can be counted"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


# ---- the schedule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("teaching", "part"), [("two_phase", 0.1), ("one_phase", 1.0)])
def test_plastic_in_the_teaching_phase_only(teaching, part):
    config = _config(teaching=teaching)
    given = schedule(config, 1)
    for name in ("plasticity", "teaching"):
        values = given[f"{name}.values"]
        examples = _examples(config, values)
        length = examples.shape[1]
        taught = round((part if name == "teaching" else 0.1) * length)
        assert taught > 0
        assert np.all(examples[4:-4, length - taught :] == 1)
        assert np.all(examples[4:-4, : length - taught] == 0)
        assert not examples[:4].any()
        assert not examples[-4:].any()
        assert not values[: _begin(config)].any()
        assert values.sum() == 4 * config.epochs * taught  # nothing outside the examples either


def test_the_teacher_begins_once_an_example():
    config = _config()
    given = schedule(config, 1)
    begins, teaching = (_examples(config, given[f"{name}.values"]) for name in ("teaching_begins", "teaching"))
    np.testing.assert_array_equal(begins.sum(axis=1)[4:-4], 1)
    np.testing.assert_array_equal(begins[4:-4].argmax(axis=1), teaching[4:-4].argmax(axis=1))
    assert given["teaching_begins.values"].sum() == 4 * config.epochs


def test_switches_of_plasticity_and_teacher_are_apart():
    both = schedule(_config(), 1)
    for change, gone, kept in (("plasticity", "plasticity", "teaching"), ("teaching", "teaching", "plasticity")):
        given = schedule(_config(**{change: "off"}), 1)
        assert not given[f"{gone}.values"].any()
        np.testing.assert_array_equal(given[f"{kept}.values"], both[f"{kept}.values"])


def test_inputs_are_the_four_examples_in_order():
    config = _config(I_input_low=-100 * pA, I_input_high=200 * pA)
    currents = schedule(config, 1)["input_current.values"]
    assert currents.shape[1] == 4
    assert not currents[: _begin(config)].any()
    assert not currents[:, 2:].any()  # the channels of hidden and output cells
    examples = _examples(config, currents)[:, :, :2]
    for k, (first, second_) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        wanted = [200e-12 if on else -100e-12 for on in (first, second_)]
        shown = examples[k::4]
        assert len(shown) == 7
        np.testing.assert_allclose(shown, np.broadcast_to(wanted, shown.shape), rtol=1e-9)


def test_somatic_current_comes_and_goes_with_the_teacher():
    config = _config(I_s_teach=-100 * pA)
    given = schedule(config, 1)
    output = _examples(config, given["input_current.values"])[:, :, 3]
    teacher, target = _examples(config, given["teaching.values"]), _examples(config, given["target.values"][:, 3])
    assert 0 < np.count_nonzero(output) == np.count_nonzero(teacher)
    np.testing.assert_allclose(output, np.where(target == 1, -100e-12, 100e-12) * teacher, rtol=1e-9)
    assert not schedule(_config(I_s_teach=-100 * pA, teaching="off"), 1)["input_current.values"][:, 3].any()


@pytest.mark.parametrize("targets", [(0, 1, 1, 0), (0, 0, 0, 1), (0, 1, 1, 1)])
def test_targets_follow_the_inputs(targets):
    config = _config(targets=targets, order="random")
    target = _examples(config, schedule(config, 3)["target.values"][:, 3])
    shown = presented(config, 3)
    np.testing.assert_array_equal(target, np.repeat(np.array(targets)[shown][:, None], target.shape[1], axis=1))


def test_random_order_is_a_permutation_in_every_epoch():
    config = _config(order="random", epochs=50)
    shown = presented(config, 1).reshape(-1, 4)
    np.testing.assert_array_equal(np.sort(shown, axis=1), np.tile(np.arange(4), (52, 1)))
    np.testing.assert_array_equal(shown[[0, -1]], [[0, 1, 2, 3]] * 2)
    # 24 orders are equally likely: 50 epochs that show fewer than 10 of them have a chance below 1e-8.
    assert len({tuple(row) for row in shown[1:-1]}) >= 10


def test_random_order_belongs_to_the_seed():
    config = _config(order="random", epochs=50)
    first, again, other = (presented(config, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
    inputs = [schedule(config, seed)["input_current.values"] for seed in (1, 2)]
    assert np.any(inputs[0] != inputs[1])


def test_fixed_order_does_not_depend_on_the_seed():
    np.testing.assert_array_equal(presented(_config(), 1), np.tile(np.arange(4), 7))
    np.testing.assert_array_equal(presented(_config(), 1), presented(_config(), 2))


# ---- what each setting changes ---------------------------------------------------------------------------------------


def _by_population(values, name):
    """A cell variable as (population, cell)."""
    return values[f"cells.{name}"].reshape(5, -1)


def _changed(**changes):
    """Names of the values that differ from those of the preset."""
    before, after = xor.EXPERIMENT.values(_config(), 1), xor.EXPERIMENT.values(_config(**changes), 1)
    assert set(before) == set(after)
    return {name for name in before if not np.array_equal(before[name], after[name])}


CONTROLS = {
    "hidden frozen": ({"hidden_plasticity": "off"}, {"cells.eta"}),
    "feedback cut": ({"feedback": "cut"}, {"cells.w_feedback_exc", "cells.w_feedback_inh"}),
    "plasticity off": ({"plasticity": "off"}, {"plasticity.values"}),
    "teacher off": ({"teaching": "off"}, {"teaching.values"}),
    "somatic current with the teacher": ({"I_s_teach": 50 * pA}, {"input_current.values"}),
    "one phase": (
        {"teaching": "one_phase"},
        {"teaching.values", "teaching_begins.values"},
    ),
    "same sign": (
        {"feedback": "same_sign"},
        {"cells.eta", "cells.I_d_bias", "cells.w_feedback_exc", "cells.w_feedback_inh"},
    ),
    "AND": ({"targets": (0, 0, 0, 1)}, {"target.values"}),
    "random order": ({"order": "random"}, {"input_current.values", "target.values"}),
    "tau_d": ({"tau_d": 9 * ms}, {"cells.tau_d"}),
    "eta_hidden": ({"eta_hidden": 1e-3}, {"cells.eta"}),
    "w_inhibition": ({"w_inhibition": 0.3}, {"inhibition.w"}),
    "w_initial": ({"w_initial": 0.3}, {"cells.w_initial"}),
    "tau_avg": ({"tau_avg": 3 * second}, {"cells.tau_avg"}),
    "rate_dendrite": ({"background_rate_dendrite": 400 * Hz}, {"cells_background.rate"}),
    "exc_input": ({"background_exc_input": 0.3}, {"cells_background.weight"}),
    "c_teach": ({"c_teach": 2e-9 * Quantity(1, dim=(pA * Hz).dim)}, {"cells.c_teach"}),
}


@pytest.mark.parametrize(("changes", "names"), CONTROLS.values(), ids=CONTROLS)
def test_a_setting_changes_what_it_says_and_nothing_else(changes, names):
    assert _changed(**changes) == names


def test_every_parameter_that_is_no_structure_does_something():
    """A parameter that reaches no value would be a switch without a wire."""
    skipped = []
    for name, known, value in xor_parameters():
        if known.structural:
            continue
        other = _other_value(known, value)
        if name == "e_max":
            other = 11 * Hz
        if not _changed(**{name: other}):
            skipped.append(name)
    # The decision reads e_min and e_max as well; P_b is read where the reference is constant.
    assert skipped == ["P_b_hidden", "P_b_output"]
    for name in skipped:
        given = xor.EXPERIMENT.values(_config(reference="given"), 1)["cells.P_b"]
        other = xor.EXPERIMENT.values(_config(reference="given", **{name: 0.9}), 1)["cells.P_b"]
        assert not np.array_equal(given, other)


def xor_parameters():
    from burstlab.models.parameters import walk

    return list(walk(PAPER))


def _other_value(known, value):
    if known.kind == "choice":
        return next(word for word in known.choices if word not in (value, *value))
    if known.several:
        return tuple(1 - item for item in value)
    unit = 1.0 if known.unit is None else known.unit
    low, high = known.low * unit, known.high * unit
    return (value + high) / 2 if float(value) == float(low) else (value + low) / 2


def test_hidden_plasticity_off_freezes_hidden_alone():
    eta = _by_population(xor.EXPERIMENT.values(_config(hidden_plasticity="off"), 1), "eta")
    assert not eta[:4].any()
    np.testing.assert_allclose(eta[4], float(PAPER.eta_output))
    on = _by_population(xor.EXPERIMENT.values(_config(), 1), "eta")
    assert not on[:2].any()
    np.testing.assert_allclose(on[HIDDEN], float(PAPER.eta_hidden))


def test_feedback_reaches_hidden_dendrites_only():
    for feedback, alike in (("normal", False), ("same_sign", True)):
        given = xor.EXPERIMENT.values(_config(feedback=feedback), 1)
        for name in ("w_feedback_exc", "w_feedback_inh"):
            weights = _by_population(given, name)
            assert not weights[[0, 1, 4]].any()
            assert np.all(weights[HIDDEN] > 0)
            assert np.array_equal(weights[2], weights[3]) is alike
    cut = xor.EXPERIMENT.values(_config(feedback="cut"), 1)
    assert not cut["cells.w_feedback_exc"].any()
    assert not cut["cells.w_feedback_inh"].any()


def test_normal_feedback_has_opposite_signs():
    given = xor.EXPERIMENT.values(_config(), 1)
    exc, inh = (_by_population(given, f"w_feedback_{sign}")[:, 0] for sign in ("exc", "inh"))
    assert exc[2] > inh[2]
    assert exc[3] < inh[3]


def test_same_sign_halves_the_rates_and_drops_the_bias():
    normal, same = (xor.EXPERIMENT.values(_config(feedback=feedback), 1) for feedback in ("normal", "same_sign"))
    np.testing.assert_allclose(same["cells.eta"], 0.5 * normal["cells.eta"])
    bias = _by_population(same, "I_d_bias")
    assert not bias[:4].any()
    np.testing.assert_allclose(bias[4], float(PAPER.I_d_output))


def test_only_output_cells_are_taught():
    given = _by_population(xor.EXPERIMENT.values(_config(), 1), "is_output")
    assert not given[:4].any()
    assert np.all(given[4] == 1)


# ---- programs --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_parameters_share_a_program_and_structure_does_not(cache):
    short_xor()

    def has_program(**changes):
        return is_compiled(xor.EXPERIMENT, configure(xor.EXPERIMENT, "quick", SHORT_XOR | changes), 32)

    assert has_program()
    shared = {"tau_d": "9 ms", "w_inhibition": "0.3", "eta_hidden": "0.001", "targets": "0,0,0,1", "order": "random"}
    for name, value in (shared | {"feedback": "cut", "teaching": "one_phase", "plasticity": "off"}).items():
        assert has_program(**{name: value}), name
    own = {"n": "126", "homeostasis": "off", "driving_force": "local", "epochs": "3", "dt": "0.1 ms"}
    for name, value in own.items():
        assert not has_program(**{name: value}), name


# ---- a short run -----------------------------------------------------------------------------------------------------

N = int(SHORT_XOR["n"])


@pytest.fixture(scope="module")
def result(cache):
    """Some seconds of the experiment with both switches on."""
    return short_xor()


def test_the_summary_has_its_keys(result):
    summary = result.summary
    common = {"experiment", "preset", "seed", "simulated_s", "compile_s", "run_s", "speed", "status"}
    own = {"solved", "event_rate_before_Hz", "event_rate_after_Hz", "decision_threshold_Hz", "epoch_cost"}
    assert common | own <= set(summary)
    assert summary["status"] == "done"
    assert [len(summary[f"event_rate_{when}_Hz"]) for when in ("before", "after")] == [4, 4]
    assert summary["decision_threshold_Hz"] == 6
    assert len(summary["epoch_cost"]) == 2
    assert summary["solved"] == learning.solved(summary["event_rate_after_Hz"], summary["targets"], 6)


def test_all_populations_fire_at_rates_of_cells(result):
    rates = result.arrays["bin/event_rate"].mean(axis=1)
    assert rates.shape == (5,)
    # A cell that bursts all the time has some 30 events a second; background alone gives more than 0.2.
    assert np.all((rates > 0.2) & (rates < 30))
    bursts = result.arrays["bin/burst_rate"].mean(axis=1)
    assert np.all((bursts > 0) & (bursts < rates))


def test_counts_are_whole_numbers(result):
    width = np.diff(result.arrays["bin/time"])[0]
    for name in ("bin/event_rate", "bin/burst_rate"):
        counts = result.arrays[name] * N * width
        np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)
        assert counts.sum() > 1000


def test_inputs_drive_their_populations(result):
    """Input 1 is on in examples 1 and 3, input 2 in 2 and 3: 500 pA more for a cell that integrates some 20 ms."""
    rates = result.arrays["example/event_rate"][:2]
    shown = result.arrays["example/shown"]
    for population, on in ((0, (1, 3)), (1, (2, 3))):
        is_on = np.isin(shown, on)
        assert rates[population, is_on].min() > rates[population, ~is_on].max()


def test_the_online_average_is_the_filter_of_recorded_events(result):
    """E_bar decays with tau_avg and grows by 1/tau_avg an event. Within a bin the moment of an event is unknown, which
    bounds its share between that of the bin's begin and that of its end: a factor exp(width/tau_avg)."""
    arrays, tau = result.arrays, 0.2
    width = np.diff(arrays["bin/time"])[0]
    decay = np.exp(-width / tau)
    low = np.empty_like(arrays["bin/E_bar"])
    low[:, 0] = arrays["bin/E_bar"][:, 0]
    high = low.copy()
    for k in range(low.shape[1] - 1):
        gain = arrays["bin/event_rate"][:, k] * width / tau
        low[:, k + 1] = decay * (low[:, k] + gain)
        high[:, k + 1] = decay * high[:, k] + gain
    # float32 states: some ten roundings of 6e-8 in each step of the filter's memory, far below 1e-4.
    assert np.all(arrays["bin/E_bar"] >= low * (1 - 1e-4))
    assert np.all(arrays["bin/E_bar"] <= high * (1 + 1e-4))
    assert np.all(high[:, -1] < 1.3 * low[:, -1])  # the bounds are tight enough to mean something


def test_costs_are_those_of_the_recorded_averages(result):
    arrays, summary = result.arrays, result.summary
    cost = arrays["example/cost"]
    np.testing.assert_allclose(cost[4:-4].reshape(-1, 4).sum(axis=1), summary["epoch_cost"])
    assert summary["final_epoch_cost"] == pytest.approx(np.mean(summary["epoch_cost"][-10:]))
    # The prediction ends 0.36 s after an example begins.
    at_end = np.searchsorted(arrays["bin/time"], arrays["example/begin"] + 0.36 - 1e-9)
    target = np.array([0, 1, 1, 0])[arrays["example/shown"]]
    wanted = learning.cross_entropy(arrays["bin/E_bar"][4, at_end], target, 2, 10)
    np.testing.assert_allclose(cost, wanted)


def test_the_teacher_speaks_only_in_its_phase(result):
    arrays = result.arrays
    time, begin = arrays["bin/time"] + 1e-9, arrays["example/begin"][4:-4]
    on = np.any((time[:, None] >= begin + 0.36) & (time[:, None] < begin + 0.4), axis=1)
    assert on.sum() > 0
    assert not arrays["bin/teaching_current"][~on].any()
    # Rates begin near 2 to 5 Hz, away from 10 Hz: the examples with target 1 are taught with a current above zero.
    for k, target in enumerate(np.array([0, 1, 1, 0])[arrays["example/shown"][4:-4]]):
        inside = (time >= begin[k] + 0.36) & (time < begin[k] + 0.4)
        current = arrays["bin/teaching_current"][inside]
        assert np.all(current > 0 if target else current <= 0)


def test_homeostasis_follows_the_spike_rate(result):
    """G = e_min - rate while that is above zero; rate is the 30 s average of all spikes, from 0.1 Hz on."""
    arrays = result.arrays
    time, width = arrays["bin/time"], arrays["bin/time"][1]
    # The second spike of a burst of two is the burst.
    spikes = width * (arrays["bin/event_rate"] + arrays["bin/burst_rate"])
    decay = np.exp(-width / 30)
    rate = np.full(5, 0.1)
    for k in range(len(time)):
        # At the begin of bin k; renewed every 10 ms, and a cell of 10 Hz gains 0.003 Hz in that time.
        np.testing.assert_allclose(arrays["bin/G"][2:, k], 2 - rate[2:], atol=0.005)
        rate = rate * decay + spikes[:, k] / 30 * np.sqrt(decay)
    assert np.all(rate[2:] > 0.3)
    last = (time >= arrays["example/begin"][4] - 1e-9) & (time < arrays["example/begin"][-4] - 1e-9)
    for k, name in enumerate(("hidden1", "hidden2", "output")):
        assert result.summary["final_G_Hz"][name] == pytest.approx(arrays["bin/G"][k + 2, last].mean())
        assert result.summary["final_mean_weight"][name] == pytest.approx(arrays["weight_mean/value"][-1, k])


def test_wiring(result):
    source, target = result.arrays["weights/source"] // N, result.arrays["weights/target"] // N
    allowed = {(0, 2), (0, 3), (1, 2), (1, 3), (2, 4), (3, 4)}
    assert set(zip(source.tolist(), target.tolist(), strict=True)) == allowed
    for pair in allowed:
        count = np.count_nonzero((source == pair[0]) & (target == pair[1]))
        # Binomial of n^2 pairs with p = 50/n; a deviation of 5 sd has a chance below 1e-6.
        p = 50 / N
        assert abs(count - N * N * p) < 5 * np.sqrt(N * N * p * (1 - p))
    pairs = result.arrays["weights/source"].astype(int) * 5 * N + result.arrays["weights/target"]
    assert len(np.unique(pairs)) == len(pairs)


def test_weights_learn_and_stay_in_bounds(result):
    w, target = result.arrays["weights/w"], result.arrays["weights/target"] // N
    assert w.dtype == np.float32
    assert w.min() >= 0
    assert w.max() <= 1
    for population in (2, 3, 4):
        assert np.mean(w[target == population] != np.float32(0.234)) > 0.1
    np.testing.assert_allclose(result.arrays["weight_mean/value"][0], 0.234, rtol=1e-5)


def test_plasticity_off_leaves_every_bit_of_the_weights(cache):
    w = short_xor(plasticity="off").arrays["weights/w"]
    assert len(w) > 1000
    assert np.all(w == np.float32(0.234))


def test_hidden_plasticity_off_leaves_every_bit_onto_hidden(cache):
    arrays = short_xor(hidden_plasticity="off").arrays
    onto_output = arrays["weights/target"] // N == 4
    assert np.all(arrays["weights/w"][~onto_output] == np.float32(0.234))
    assert np.any(arrays["weights/w"][onto_output] != np.float32(0.234))


def test_no_teacher_no_teaching_current(cache):
    assert not short_xor(teaching="off").arrays["bin/teaching_current"].any()


def test_nothing_before_the_teacher_depends_on_it(result):
    """Until the first teaching phase, a run without plasticity or teacher is the same run."""
    other = short_xor(plasticity="off").arrays
    first = result.arrays["bin/time"] < result.arrays["example/begin"][4] + 0.36 - 1e-9
    for name in ("bin/event_rate", "bin/burst_rate", "bin/E_bar"):
        assert first.sum() > 10
        np.testing.assert_array_equal(other[name][:, :-1][:, first[:-1]], result.arrays[name][:, :-1][:, first[:-1]])


def _lasting(result):
    return {name: value for name, value in result.summary.items() if name not in ("run_s", "speed", "compile_s")}


def test_same_seed_same_bytes(result):
    again = short_xor(again=1)
    assert again.folder != result.folder
    assert (again.folder / "results.h5").read_bytes() == (result.folder / "results.h5").read_bytes()
    assert json.dumps(_lasting(again)) == json.dumps(_lasting(result))
    assert (again.folder / "config.json").read_bytes() == (result.folder / "config.json").read_bytes()


def test_other_seed_other_arrays(result):
    other = short_xor(seed=2).arrays
    for name in ("bin/event_rate", "bin/burst_rate", "bin/E_bar", "weights/source", "weights/w", "example/cost"):
        mine = result.arrays[name]
        assert other[name].shape != mine.shape or np.any(other[name] != mine), name


def test_stimuli_share_no_memory():
    """On numpy and Cython values are written into these arrays: one array for two stimuli would be one stimulus."""
    functions = list(xor.EXPERIMENT.build(configure(xor.EXPERIMENT, "quick", SHORT_XOR)).functions.values())
    assert len(functions) == 5
    for k, function in enumerate(functions):
        assert not any(np.shares_memory(function.values, other.values) for other in functions[:k]), function.name
