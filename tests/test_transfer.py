"""Transfer curves: what each condition changes, the measures, and how the curves of a run lie to each other."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import SpikeMonitor, pA, second

from burstlab.analysis import transfer as analysis
from burstlab.analysis.bursts import burst_probability, count_per_cell, find_bursts
from burstlab.experiments import transfer
from burstlab.experiments.simulation import settings, structure
from burstlab.models import ParameterError, pyramidal
from burstlab.models.parameters import walk, with_changes

from .experiment_runs import cache, run_once

__all__ = ["cache"]
QUICK, PAPER = (transfer.PRESETS[name] for name in ("quick", "paper"))


# ---- settings --------------------------------------------------------------------------------------------------------


def test_paper_is_the_published_experiment():
    """Section 6.5 of the reference."""
    assert (PAPER.n, PAPER.n_pv, PAPER.n_som, PAPER.n_pool, PAPER.recurrent.n) == (10000, 1000, 1000, 25000, 4000)
    w = PAPER.weights
    wanted = {
        "w_exc_to_soma": 0.05, "w_inh_to_soma": 0.05, "w_exc_to_dendrite": 0.05, "w_inh_to_dendrite": 0.05,
        "w_exc_to_pv": 0.12, "w_inh_to_pv": 0.15, "w_exc_to_som": 0.2, "w_inh_to_som": 0.3, "w_cells_to_pv": 0.001,
        "w_cells_to_som": 0.04, "w_pv_to_som": 0.002, "w_som_to_dendrite": 0.001, "w_recurrent": 0.02,
        "inputs_exc": 100, "inputs_inh": 100, "p_cells_to_pv": 0.2, "p_cells_to_som": 0.2, "p_pv_to_som": 1,
        "p_som_to_dendrite": 1, "p_recurrent": 0,
    }  # fmt: skip
    assert {name: float(getattr(w, name)) for name in w.__dataclass_fields__} == wanted
    assert [float(current / pA) for current in PAPER.I_d] == pytest.approx(range(-50, 501, 50))
    assert [float(current / pA) for current in PAPER.recurrent.I_d] == pytest.approx(range(-100, 351, 50))
    currents = (PAPER.I_s, PAPER.I_pv, PAPER.I_som)
    assert [float(current / pA) for current in currents] == pytest.approx([560, 205, -5])
    assert (float(PAPER.step), float(PAPER.transient)) == pytest.approx((1, 0.3))


def test_quick_keeps_the_sum_of_synapses():
    for name, source, p in (
        ("cells_to_pv", "n", "p_cells_to_pv"),
        ("cells_to_som", "n", "p_cells_to_som"),
        ("pv_to_som", "n_pv", "p_pv_to_som"),
        ("som_to_dendrite", "n_som", "p_som_to_dendrite"),
    ):
        sums = [
            getattr(config, source) * float(getattr(config.weights, p)) * float(getattr(config.weights, f"w_{name}"))
            for config in (QUICK, PAPER)
        ]
        assert sums[0] == pytest.approx(sums[1]), name
    assert QUICK.recurrent.n * QUICK.recurrent.p == pytest.approx(float(PAPER.recurrent.n * PAPER.recurrent.p))


def _changed(config, base=PAPER):
    """Parameters that differ, in the units they are shown in."""
    pairs = zip(walk(config), walk(base), strict=True)
    return {
        name: [float(v / (known.unit or 1)) for v in value] if known.several else float(value / (known.unit or 1))
        for (name, known, value), (_, _, theirs) in pairs
        if known.format(value) != known.format(theirs)
    }


def test_conditions_change_what_they_say():
    found = {name: _changed(config) for name, config in transfer.conditions(PAPER).items()}
    wanted = {
        "som_1": {"w_som_to_dendrite": 0},
        "som_2": {"w_som_to_dendrite": 0.0005},
        "full": {},
        "vip_1": {"I_som": -55},
        "vip_2": {"I_som": -105},
        "release_1": {"stf_U": 0.015},
        "release_2": {"stf_U": 0.025},
        "g_d_1": {"g_d": 1300},
        "g_d_2": {"g_d": 1400},
    }
    assert set(wanted) == set(analysis.VARIANTS)
    for name, changes in wanted.items():
        assert found[name] == pytest.approx(changes), name
    assert {name for name in found if name not in wanted} == {
        "isolated", *(f"{kind}_{k}" for kind in ("without", "with") for k in (1, 2, 3))
    }  # fmt: skip
    assert found["isolated"]["rate"] == 0
    for k in (1, 2, 3):
        without, with_ = found[f"without_{k}"], found[f"with_{k}"]
        assert with_.pop("p_recurrent") == 0.05
        assert without == with_
        assert with_["n"] == 4000
        assert with_["p_cells_to_som"] == with_["p_som_to_dendrite"] == 0


def test_a_change_of_the_config_is_one_of_every_condition():
    changed = transfer.conditions(with_changes(PAPER, {"tau_d": "9 ms", "modulated_vip": "10 pA, 20 pA"}))
    assert all(settings(config)["tau_d"] == "9 ms" for config in changed.values())
    assert float(changed["vip_2"].I_som / pA) == pytest.approx(-25)


def test_conditions_of_the_quick_preset_share_one_program():
    assert len({str(settings(structure(config))) for config in transfer.conditions(QUICK).values()}) == 1
    assert len({str(settings(structure(config))) for config in transfer.conditions(PAPER).values()}) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transient": "1 s"}, "transient = 1"),
        ({"transient": "0.3333 s"}, "no common part"),
        ({"delay": "0.1 ms", "dt": "0.2 ms"}, "delay = "),
        ({"n_pool": "100", "inputs_exc": "101"}, "inputs_exc"),
        ({"modulated_vip": "10 pA"}, "modulated_vip|vip: 1 values given, 2 needed"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


def test_levels_span_the_somatic_currents():
    isolated = transfer.conditions(PAPER)["isolated"]
    given = transfer.values(isolated, 1)
    currents = given["cells.I_s"]
    assert currents.min() == pytest.approx(300e-12)
    assert currents.max() == pytest.approx(1250e-12)
    assert len(set(currents)) == transfer.LEVELS
    np.testing.assert_array_equal(
        np.bincount(given["cells.population"]), [PAPER.n // transfer.LEVELS] * transfer.LEVELS
    )
    assert set(transfer.values(PAPER, 1)["cells.I_s"]) == {560e-12}


# ---- measures --------------------------------------------------------------------------------------------------------


def test_current_at_half_is_linear_between_points():
    current = np.array([0.0, 100.0, 200.0, 300.0])
    assert analysis.current_at_half(current, np.array([0.1, 0.3, 0.7, 0.9])) == pytest.approx(150)
    assert analysis.current_at_half(current, np.array([0.1, 0.5, 0.4, 0.9])) == pytest.approx(100)  # the first time
    assert np.isnan(analysis.current_at_half(current, np.array([0.1, 0.2, 0.3, 0.4])))
    assert np.isnan(analysis.current_at_half(current, np.array([0.6, 0.7, 0.8, 0.9])))


def test_r2_of_a_line_and_of_a_step():
    x = np.arange(10.0)
    assert analysis.line_r2(x, 3 - 2 * x) == pytest.approx(1)
    # A step in the middle of ten points: slope and intercept by hand give 1 - 25/66 - ... = 0.7576 (125/165).
    assert analysis.line_r2(x, (x >= 5).astype(float)) == pytest.approx(125 / 165)


def test_measures_of_made_up_curves():
    current = np.linspace(0, 300, 4) * 1e-12
    events = np.full((9, 4), 5.0)
    ensemble = events * np.linspace(0, 1, 4) * np.linspace(0.6, 1, 9)[:, None]
    straight = np.linspace(0, 0.9, 4)
    recurrent = np.stack(
        [[straight**2 + shift for shift in (0, 0.05, 0.1)], [straight + shift for shift in (0, 0.01, 0.02)]]
    )
    arrays = {
        "ensemble/dendritic_current": current, "ensemble/event_rate": events, "ensemble/burst_rate": ensemble,
        "recurrent/dendritic_current": current, "recurrent/event_rate": np.full((2, 3, 4), 4.0),
        "recurrent/burst_rate": 4 * recurrent,
    }  # fmt: skip
    found = analysis.measure(arrays)
    expected = [300 * 0.5 / top for top in np.linspace(0.6, 1, 9)]
    assert list(found["current_at_half_pA"].values()) == pytest.approx(expected)
    assert found["line_R2"]["with"] == pytest.approx(1)
    assert found["line_R2"]["gained"] == pytest.approx(1 - found["line_R2"]["without"])
    assert found["spread_over_I_s"]["without"] == pytest.approx(0.1)
    assert found["spread_over_I_s"]["lost"] == pytest.approx(0.08)


# ---- a run -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(cache):
    return run_once("transfer")


def test_the_run_is_that_of_all_conditions(quick):
    assert quick.status == "done"
    assert quick.summary["simulated_s"] == pytest.approx(16 * (10 * 0.5 + 0.1))
    assert quick.arrays["ensemble/event_rate"].shape == (9, 10)
    assert quick.arrays["recurrent/event_rate"].shape == (2, 3, 10)
    assert quick.arrays["isolated/spike_rate"].shape == (20, 10)
    assert all(value is not None for value in quick.summary["current_at_half_pA"].values())


def test_dendritic_current_makes_bursts(quick):
    curves = burst_probability(quick.arrays["ensemble/burst_rate"], quick.arrays["ensemble/event_rate"])
    assert np.all(curves[:, 0] < 0.1)
    assert np.all(curves[:, -1] > 0.9)
    # Steps of 50 pA move the steep part by some 0.15; noise of so many cells by 0.01.
    assert np.all(np.diff(curves, axis=1) > -0.03)


def test_modulations_move_the_curve_to_their_side(quick):
    half = quick.summary["current_at_half_pA"]
    assert half["som_1"] < half["som_2"] < half["full"]
    assert half["vip_2"] < half["vip_1"] < half["full"]
    assert half["release_1"] < half["full"] < half["release_2"]
    assert half["g_d_2"] < half["g_d_1"] < half["full"]


def test_facilitating_inhibition_makes_curves_agree(quick):
    assert quick.summary["spread_over_I_s"]["lost"] > 0
    assert quick.summary["line_R2"]["gained"] > 0


def test_isolated_cells_do_what_a_cell_alone_does(quick, run):
    """The same currents into cells of models/pyramidal.py, in this process with float64."""
    steps, levels = quick.arrays["isolated/dendritic_current"], quick.arrays["isolated/somatic_current"]
    chosen = [(4, 1), (8, 5), (12, 5), (16, 9), (19, 9)]
    cells = pyramidal(len(chosen), name="cells")
    cells.I_s = [levels[level] for level, _ in chosen] * pA / 1e-12
    cells.I_d = [steps[step] for _, step in chosen] * pA / 1e-12
    spikes = SpikeMonitor(cells, name="spikes")
    run(cells, spikes, duration=1.2 * second)
    late = np.asarray(spikes.t) > 0.2
    found = find_bursts(np.array(spikes.i)[late], np.asarray(spikes.t)[late])
    ours = {
        "spike": count_per_cell(np.array(spikes.i)[late], len(chosen)),
        "event": count_per_cell(found.event_cell, len(chosen)),
    }
    for kind, counts in ours.items():
        theirs = np.array([quick.arrays[f"isolated/{kind}_rate"][pair] for pair in chosen])
        # One second here, 0.3 s there: a count of one more or less at either end.
        np.testing.assert_allclose(theirs, counts / 1.0, atol=1 / 0.3 + 1)
    assert ours["spike"].max() > 10


def test_isolated_cells_have_a_threshold_and_a_gain(quick):
    rate, level = quick.arrays["isolated/spike_rate"], quick.arrays["isolated/somatic_current"]
    without = int(np.argmin(np.abs(quick.arrays["isolated/dendritic_current"])))
    # 20 mV at 370 pF/16 ms need 462 pA; the dendrite at rest adds its 6 pA.
    assert np.all(rate[level < 450e-12, without] == 0)
    assert np.all(rate[level > 500e-12, without] > 0)
    assert rate[-1, without] > 2 * rate[np.flatnonzero(level > 500e-12)[0], without]


# ---- the published numbers -------------------------------------------------------------------------------------------


def test_references_are_the_published_numbers():
    assert len(transfer.PAPER_REFERENCES) == 11
    for reference in transfer.PAPER_REFERENCES:
        assert reference.low <= reference.value <= reference.high


@pytest.mark.slow
def test_paper_agrees_with_the_published_numbers(cache):
    from burstlab.experiments import run
    from burstlab.experiments.reference import compare

    result = run("transfer", "paper", out=cache / "transfer-paper")
    compared = compare(result.summary, transfer.PAPER_REFERENCES)
    assert len(compared) == 11
    assert [item.reference.name for item in compared if not item.agrees] == []
