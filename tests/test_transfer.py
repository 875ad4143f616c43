"""Transfer curves: what each condition changes, the measures, and how the curves of a run lie to each other."""

from __future__ import annotations

from pathlib import Path

import brian2
import numpy as np
import pytest
from brian2 import SpikeMonitor, pA, second

from burstlab.analysis import transfer as analysis
from burstlab.analysis.bursts import burst_probability, count_per_cell, find_bursts
from burstlab.experiments import run as run_experiment
from burstlab.experiments import transfer
from burstlab.experiments.contract.reference import compare
from burstlab.experiments.contract.settings import settings, structure
from burstlab.experiments.engine.in_process import set_values
from burstlab.experiments.transfer import network, results
from burstlab.experiments.transfer.conditions import conditions, stimuli
from burstlab.experiments.transfer.settings import LEVELS
from burstlab.models import ParameterError, pyramidal
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, short_transfer

__all__ = ["cache"]
pytestmark = pytest.mark.long
QUICK, PAPER = (transfer.PRESETS[name] for name in ("quick", "paper"))
REFERENCE = Path(__file__).with_name("reference") / "transfer.npz"
# Names of the original's curves, in our order.
ORIGINAL = ("open", "som0005", "base", "vip50", "vip100", "rel015", "rel025", "gd1300", "gd1400")


# ---- settings --------------------------------------------------------------------------------------------------------


def test_paper_is_the_published_experiment():
    assert (PAPER.n, PAPER.n_pv, PAPER.n_som, PAPER.n_pool, PAPER.recurrent.n) == (10000, 1000, 1000, 25000, 4000)
    weights = {
        "w_exc_to_soma": 0.05, "w_inh_to_soma": 0.05, "w_exc_to_dendrite": 0.05, "w_inh_to_dendrite": 0.05,
        "w_exc_to_pv": 0.12, "w_inh_to_pv": 0.15, "w_exc_to_som": 0.2, "w_inh_to_som": 0.3, "w_cells_to_pv": 0.001,
        "w_cells_to_som": 0.04, "w_pv_to_som": 0.002, "w_som_to_dendrite": 0.001, "inputs_exc": 100, "inputs_inh": 100,
        "p_cells_to_pv": 0.2, "p_cells_to_som": 0.2, "p_pv_to_som": 1, "p_som_to_dendrite": 1,
    }  # fmt: skip
    assert {name: float(getattr(PAPER.weights, name)) for name in PAPER.weights.__dataclass_fields__} == weights
    alone = {
        "w_exc_to_soma": 0.17, "w_inh_to_soma": 0.26, "w_exc_to_dendrite": 0.043, "w_inh_to_dendrite": 0.07,
        "w_within": 0.02, "inputs_exc": 100, "inputs_inh": 30, "p_within": 0.05,
    }  # fmt: skip
    assert {name: float(getattr(PAPER.recurrent, name)) for name in alone} == alone
    with np.load(REFERENCE) as file:
        np.testing.assert_allclose([current / pA for current in PAPER.I_d], file["dendritic_current_pA"])
        np.testing.assert_allclose(
            [current / pA for current in PAPER.recurrent.I_d], file["linearity_dendritic_current_pA"]
        )
    currents = (PAPER.I_s, PAPER.I_pv, PAPER.I_som, *PAPER.recurrent.I_s)
    assert [float(current / pA) for current in currents] == pytest.approx([560, 205, -5, 0, 100, 200])
    assert (float(PAPER.step), float(PAPER.transient)) == pytest.approx((1, 0.3))
    assert (PAPER.facilitation, PAPER.driving_force, PAPER.decay) == ("program", "somatic", "exact")


def test_quick_keeps_the_mean_sums_of_synapses():
    for name, source in (
        ("cells_to_pv", "n"), ("cells_to_som", "n"), ("pv_to_som", "n_pv"), ("som_to_dendrite", "n_som"),
    ):  # fmt: skip
        sums = [
            getattr(config, source) * getattr(config.weights, f"p_{name}") * getattr(config.weights, f"w_{name}")
            for config in (QUICK, PAPER)
        ]
        assert sums[0] == pytest.approx(sums[1]), name
    sums = [config.recurrent.n * config.recurrent.p_within * config.recurrent.w_within for config in (QUICK, PAPER)]
    assert sums[0] == pytest.approx(sums[1])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transient": "1 s"}, "transient = 1"),
        ({"transient": "0.3333 s"}, "no common part"),
        ({"delay": "0.1 ms", "dt": "0.2 ms"}, "delay = "),
        ({"n_pool": "100", "recurrent_inputs_exc": "101"}, "inputs_exc"),
        ({"modulated_vip": "10 pA"}, "modulated_vip|vip: 1 values given, 2 needed"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


def test_modulations_need_no_new_program():
    changes = {
        "modulated_som": "0.2, 0.3", "modulated_vip": "10 pA, 20 pA", "modulated_release": "0.01, 0.03",
        "modulated_g_d": "900 pA, 1000 pA", "recurrent_I_s": "10 pA, 20 pA, 30 pA", "recurrent_w_within": "0.1",
        "facilitation": "text", "decay": "euler", "w_som_to_dendrite": "0.01", "I_s": "100 pA",
    }  # fmt: skip
    assert settings(structure(with_changes(PAPER, changes))) == settings(structure(PAPER))


# ---- conditions ------------------------------------------------------------------------------------------------------


def test_conditions_change_what_they_say():
    found = conditions(PAPER)
    full = found["full"]
    assert full == pytest.approx((0.001, -5e-12, 0.02, 1200e-12))
    wanted = {
        "som_1": {"w_som": 0}, "som_2": {"w_som": 0.0005}, "full": {}, "vip_1": {"I_som": -55e-12},
        "vip_2": {"I_som": -105e-12}, "release_1": {"U": 0.015}, "release_2": {"U": 0.025}, "g_d_1": {"g_d": 1300e-12},
        "g_d_2": {"g_d": 1400e-12},
    }  # fmt: skip
    assert tuple(found) == tuple(wanted) == analysis.VARIANTS
    for name, changes in wanted.items():
        assert found[name] == pytest.approx(full._replace(**changes), rel=1e-9, abs=1e-18), name


def test_every_staircase_begins_with_a_step_that_is_not_measured():
    given = stimuli(PAPER)
    assert {len(steps) for steps in given.values()} == {9 * 13 + 1}
    stairs = np.arange(-50, 501, 50) * 1e-12
    for k, condition in enumerate(conditions(PAPER).values()):
        own = slice(13 * k, 13 * k + 13)
        np.testing.assert_allclose(given["dendritic_current"][own], [stairs[0], *stairs])
        for name, value in zip(
            ("som_weight", "som_current", "release_probability", "regenerative_current"), condition, strict=True
        ):
            np.testing.assert_array_equal(given[name][own], np.full(13, value))
    stairs = np.arange(-100, 351, 50) * 1e-12
    for k, (weight, I_s) in enumerate((w, I_s) for w in (0, 0.02) for I_s in (0, 100e-12, 200e-12)):
        own = slice(11 * k, 11 * k + 11)
        np.testing.assert_allclose(given["recurrent_dendritic_current"][own], [stairs[0], *stairs])
        np.testing.assert_allclose(given["recurrent_weight"][own], weight)
        np.testing.assert_allclose(given["recurrent_somatic_current"][own], I_s)


def test_u_jumps_by_the_release_probability_or_by_f():
    program, text = (stimuli(with_changes(PAPER, {"facilitation": kind}))["jump_of_u"] for kind in ("program", "text"))
    np.testing.assert_array_equal(program, stimuli(PAPER)["release_probability"])
    assert set(program) == {0.015, 0.02, 0.025}
    assert set(text) == {0.1}


def test_rates_are_those_of_the_measured_parts():
    """Counts that grow by another amount in each bin: 10 bins of 0.1 s a step, the first 3 are left out."""
    n_bins = round(float(PAPER.duration / PAPER.bin))
    per_bin = np.arange(n_bins) ** 2
    counted = np.concatenate([[0], np.cumsum(per_bin)[:-1]])
    found = results._rates(PAPER, counted, PAPER.n, 9, 12)
    wanted = [
        [per_bin[10 * step + 3 : 10 * step + 10].sum() / (PAPER.n * 0.7) for step in range(13 * k + 1, 13 * k + 13)]
        for k in range(9)
    ]
    np.testing.assert_allclose(found, wanted)


# ---- the network -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wired():
    """The network with its synapses, small, in this process: {name of the object: object}."""
    config = with_changes(QUICK, {
        "n": "300", "n_pv": "60", "n_som": "50", "n_pool": "400", "recurrent_n": "200", "I_d": "0 pA, 100 pA",
        "p_cells_to_pv": "0.3", "p_cells_to_som": "0.4",
    })  # fmt: skip
    brian2.prefs.codegen.target = "numpy"
    brian2.seed(1)
    model = network.build(structure(config))
    set_values(model, network.values(config, 1))
    model.connect()
    return config, {obj.name: obj for obj in model.network.objects}


def test_routes_have_their_probabilities_and_weights(wired):
    config, objects = wired
    sizes = {"pool": 400, "cells": 300, "pv": 60, "som": 50, "recurrent": 200}
    for prefix, routes, given in (
        ("", network.ROUTES, config.weights),
        ("recurrent_", network.RECURRENT_ROUTES, config.recurrent),
    ):
        for name, route in routes.items():
            synapses = objects[prefix + name]
            pairs = sizes[route.source.split("_")[0]] * sizes[route.target]
            pool = route.source.startswith("pool")
            p = getattr(given, f"inputs_{route.source[-3:]}") / 400 if pool else float(getattr(given, f"p_{name}"))
            # Five standard deviations of a binomial number.
            assert abs(len(synapses) - pairs * p) <= 5 * np.sqrt(pairs * p * (1 - p)), name
            assert float(synapses.variables["w"].get_value()[0]) == pytest.approx(float(getattr(given, f"w_{name}")))


def test_isolated_cells_have_no_synapses_and_every_pair_of_currents(wired):
    _, objects = wired
    for name in network.RECURRENT_ROUTES:
        targets = objects[f"recurrent_{name}"].variables["_synaptic_post"].get_value()
        assert targets.max() == 199
    others = objects["others"]
    assert len(others) == 200 + 2 * LEVELS
    pairs = np.stack([others.I_s[200:] / pA, others.I_d[200:] / pA], axis=-1)
    assert pairs.min(axis=0) == pytest.approx([300, 0])
    assert pairs.max(axis=0) == pytest.approx([1250, 100])
    assert len(np.unique(pairs.round(3), axis=0)) == 2 * LEVELS


# ---- measures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def original():
    """Curves of the original program in the form of ours."""
    with np.load(REFERENCE) as file:
        events, probability = (np.stack([file[f"{what}_{name}"] for name in ORIGINAL]) for what in ("er", "bp"))
        recurrent = np.array([[file[f"norm_w{w}_Is{I_s}"] for I_s in (0, 100, 200)] for w in ("0.00", "0.02")])
        return {
            "ensemble/dendritic_current": 1e-12 * file["dendritic_current_pA"],
            "ensemble/event_rate": events,
            "ensemble/burst_rate": probability * events,
            "recurrent/dendritic_current": 1e-12 * file["linearity_dendritic_current_pA"],
            "recurrent/event_rate": np.ones_like(recurrent),
            "recurrent/burst_rate": recurrent,
        }


def test_measures_of_the_originals_curves_are_the_published_numbers(original):
    found = analysis.measure(original)
    assert [round(value) for value in found["current_at_half_pA"].values()] == [
        136, 165, 195, 168, 149, 183, 206, 166, 141,
    ]  # fmt: skip
    assert {name: round(value, 3) for name, value in found["line_R2"].items()} == {
        "without": 0.934, "with": 0.949, "gained": 0.015,
    }  # fmt: skip
    assert {name: round(value, 3) for name, value in found["spread_over_I_s"].items()} == {
        "without": 0.028, "with": 0.016, "lost": 0.012,
    }  # fmt: skip
    compared = compare(found, results.REFERENCES)
    assert len(compared) == 11
    for one in compared:
        assert one.difference == pytest.approx(0, abs=0.5 if one.reference.unit else 0.0006), one


def test_current_at_half_is_linear_between_points():
    current = np.array([0.0, 100.0, 200.0, 300.0])
    assert analysis.current_at_half(current, np.array([0.1, 0.3, 0.7, 0.9])) == pytest.approx(150)
    assert analysis.current_at_half(current, np.array([0.1, 0.5, 0.4, 0.9])) == pytest.approx(100)  # the first time
    assert np.isnan(analysis.current_at_half(current, np.array([0.1, 0.2, 0.3, 0.4])))
    assert np.isnan(analysis.current_at_half(current, np.array([0.6, 0.7, 0.8, 0.9])))


def test_r2_of_a_line_and_of_a_step():
    x = np.arange(10.0)
    assert analysis.line_r2(x, 3 - 2 * x) == pytest.approx(1)
    # A step in the middle: covariance 1.25 of variances 8.25 and 0.25.
    assert analysis.line_r2(x, (x >= 5).astype(float)) == pytest.approx(1.25**2 / (8.25 * 0.25))
    assert np.isnan(analysis.line_r2(x, np.ones(10)))
    assert np.isnan(analysis.line_r2(x[:1], x[:1]))
    assert np.isnan(analysis.line_r2(x, np.where(x > 3, x, np.nan)))


# ---- a run -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short(cache):
    return short_transfer()


def test_curves_of_a_run(short):
    assert short.status == "done"
    shapes = {name: array.shape for name, array in short.arrays.items()}
    assert shapes["ensemble/event_rate"] == shapes["ensemble/burst_rate"] == (9, 5)
    assert shapes["recurrent/event_rate"] == shapes["recurrent/burst_rate"] == (2, 3, 4)
    assert shapes["isolated/spike_rate"] == (LEVELS, 5)
    curves = burst_probability(short.arrays["ensemble/burst_rate"], short.arrays["ensemble/event_rate"])
    # From -50 to 350 pA in steps of 100 pA: from hardly any burst to nothing else.
    assert np.all(curves[:, 0] < 0.1)
    assert np.all(curves[:, -1] > 0.85)
    assert np.all(np.diff(curves, axis=1) > 0)


def test_modulations_move_the_curve_to_their_side(short):
    """The strong ones; differences of the weak ones are too small for so few cells."""
    half = short.summary["current_at_half_pA"]
    assert half["som_1"] < half["som_2"] < half["full"]
    assert half["vip_2"] < half["full"]
    assert half["g_d_2"] < half["full"]
    assert half["full"] - half["som_1"] == pytest.approx(59, abs=30)


def test_isolated_cells_do_what_a_cell_alone_does(short, run):
    """The same currents into cells of models/pyramidal.py, in this process with float64."""
    steps, levels = short.arrays["isolated/dendritic_current"], short.arrays["isolated/somatic_current"]
    chosen = [(4, 1), (8, 2), (12, 2), (16, 4), (19, 4)]
    cells = pyramidal(len(chosen), name="cells")
    cells.I_s = [levels[level] * 1e12 for level, _ in chosen] * pA
    cells.I_d = [steps[step] * 1e12 for _, step in chosen] * pA
    spikes = SpikeMonitor(cells, name="spikes")
    run(cells, spikes, duration=3 * second)
    cell, time = np.array(spikes.i), np.asarray(spikes.t)
    found = find_bursts(cell, time)
    kinds = {
        "spike": (cell, time),
        "event": (found.event_cell, found.event_time),
        "burst": (found.burst_cell, found.burst_time),
    }
    duration = short.summary["simulated_s"]
    for kind, (cell, time) in kinds.items():
        first, then = (count_per_cell(cell[inside], len(chosen)) for inside in (time < 1, time >= 1))
        # The first second from rest, and all others like the two after it, which tell their rate to half a hertz.
        expected = (first + then / 2 * (duration - 1)) / duration
        theirs = np.array([short.arrays[f"isolated/{kind}_rate"][pair] for pair in chosen])
        np.testing.assert_allclose(theirs, expected, atol=0.5 + 1 / duration, err_msg=kind)
        assert expected.max() > {"spike": 40, "event": 15, "burst": 5}[kind]


def test_isolated_cells_have_the_rheobase_of_the_soma(short):
    rate, level = short.arrays["isolated/spike_rate"], short.arrays["isolated/somatic_current"]
    without = int(np.argmin(np.abs(short.arrays["isolated/dendritic_current"])))
    # 20 mV at 370 pF/16 ms are 462.5 pA; a dendrite at -50 to -70 mV adds 1300 pA f(v_d), at most 155 pA.
    silent, firing = level < 462.5e-12 - 155e-12, level > 462.5e-12
    assert silent.any()
    assert firing.sum() > 10
    assert np.all(rate[silent, without] == 0)
    assert np.all(rate[firing, without] > 0)
    assert np.all(np.diff(rate[firing, without]) > -0.5)


# ---- the published numbers -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_a_preset_agrees_with_the_published_numbers(cache, tmp_path, preset):
    compared = compare(run_experiment("transfer", preset, out=tmp_path / preset).summary, results.REFERENCES)
    assert len(compared) == 11
    assert [item.reference.name for item in compared if not item.agrees] == []
