"""Multiplexing: wiring, measures against the original program's bins, and a whole run at a quarter of the size."""

from __future__ import annotations

from pathlib import Path

import brian2
import numpy as np
import pytest

from burstlab.analysis import multiplexing as measures
from burstlab.analysis.bursts import find_bursts
from burstlab.experiments import multiplexing, run
from burstlab.experiments.contract.reference import compare
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.in_process import set_values
from burstlab.experiments.multiplexing import network, results
from burstlab.experiments.runs.seeds import run_seeds
from burstlab.models import ParameterError
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, run_once
from .patience import LONG

__all__ = ["cache"]
REFERENCE = Path(__file__).with_name("reference") / "multiplexing_5seeds.npz"
PAPER = multiplexing.PRESETS["paper"]


# ---- measures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def original():
    """Bins of the original program averaged over five seeds, in the form of ours."""
    with np.load(REFERENCE) as file:
        mean = {name: values.mean(axis=0)[1:] for name, values in file.items() if name != "bin_end_s"}
        begin = file["bin_end_s"][1:] - 0.05
    # Currents are sines at the middles of the bins: their means but for a factor.
    sines = {
        name: np.sin(2 * np.pi * (begin + 0.025) / period)
        for name, period in (("somatic", 0.5), ("dendritic", 0.5 * 5**0.5))
    }
    return {
        "bin/time": begin,
        **{f"bin/{name}_current": current for name, current in sines.items()},
        **{
            f"bin/{kind}_rate": np.stack([mean[f"{name}_{kind}_rate_Hz"] for name in measures.POPULATIONS])
            for kind in ("event", "burst")
        },
        **{f"bin/{name}_rate": mean[f"{name}_rate_Hz"] for name in ("pv", "som")},
    }


def test_measures_of_the_originals_bins_are_the_published_numbers(original):
    found = compare(measures.measure(original, 1.0), multiplexing.EXPERIMENT.references_of("paper"))
    assert len(found) == 21
    for one in found:
        # The published numbers have two or three digits: half a unit of the last one.
        assert one.difference == pytest.approx(0, abs=0.051 if one.reference.unit else 0.0055), one


def test_correlation_is_pearsons(rng):
    one, other = rng.normal(size=(2, 200))
    assert measures.correlation(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-12)
    assert measures.correlation(one, 3 - 2 * one) == pytest.approx(-1)
    gap = np.where(np.arange(200) < 100, one, np.nan)
    assert measures.correlation(gap, other) == pytest.approx(np.corrcoef(one[:100], other[:100])[0, 1], abs=1e-12)
    assert np.isnan(measures.correlation(one, np.ones(200)))


# ---- network ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wired():
    """The network with its synapses, small, in this process: {name of the object: object}."""
    config = with_changes(PAPER, {"n": "300", "n_pv": "100", "n_som": "80"} | {
        f"p_{name}": str(0.1 + 0.05 * k) for k, name in enumerate(network.ROUTES)
    })  # fmt: skip
    brian2.prefs.codegen.target = "numpy"
    brian2.seed(1)
    model = network.build(structure(config))
    set_values(model, network.values(config, 1))
    model.connect()
    return config, {found.name: found for found in model.network.objects}


def test_every_route_connects_its_populations_with_its_probability(wired):
    config, objects = wired
    cells = {"lower": (0, 300), "upper": (300, 600), "pv": (0, 100), "som": (0, 80)}
    for name, route in network.ROUTES.items():
        source, target = (
            np.asarray(objects[name].variables[f"_synaptic_{end}"].get_value()) for end in ("pre", "post")
        )
        p = float(getattr(config.weights, f"p_{name}"))
        found = 0
        for begin, end in ((cells[one], cells[other]) for one, other in route.populations):
            there = (source >= begin[0]) & (source < begin[1]) & (target >= end[0]) & (target < end[1])
            pairs = np.ptp(begin) * np.ptp(end)
            # Five standard deviations of a binomial number.
            assert abs(there.sum() - p * pairs) < 5 * np.sqrt(pairs * p * (1 - p)), name
            found += there.sum()
        assert found == len(source), name


def test_parameters_reach_the_objects(wired):
    config, objects = wired
    cells = objects["cells"]
    for name in network.ROUTES:
        assert objects[name].variables["w"].get_value() == pytest.approx(float(getattr(config.weights, f"w_{name}")))
    for kind, given in (("std", config.std), ("stf", config.stf)):
        # The published program's facilitation: the jump is U.
        assert cells.variables[f"f_{kind}"].get_value() == pytest.approx(float(given.U))
        np.testing.assert_allclose(cells.variables[f"u_{kind}"].get_value(), float(given.U))
        assert cells.variables[f"tau_D_{kind}"].get_value() == pytest.approx(float(given.tau_D))
    np.testing.assert_allclose(np.unique(np.asarray(cells.I_s)), [-100e-12, 0])
    np.testing.assert_allclose(np.asarray(cells.I_d)[[0, 299]], 50e-12)
    assert float(objects["pv"].I[0]) == pytest.approx(205e-12)
    assert 4e-3 < np.std(np.asarray(cells.v_s)) < 6e-3


def test_facilitation_of_the_text_is_f():
    given = network.values(with_changes(PAPER, {"facilitation": "text"}), 1)
    assert given["cells.f_std"] == given["cells.f_stf"] == 0.1
    given = network.values(PAPER, 1)
    assert (given["cells.f_std"], given["cells.f_stf"]) == (0.9, 0.02)


def test_currents_are_sines_after_the_burn_in():
    given = network.currents(PAPER)
    time = np.arange(40000) * 1e-4
    on = time >= 1 - 1e-9
    np.testing.assert_allclose(given["somatic_sine"][~on], 0, atol=1e-30)
    np.testing.assert_allclose(given["dendritic_sine"][~on], 100e-12)
    np.testing.assert_allclose(given["somatic_sine"][on], 200e-12 * np.sin(4 * np.pi * time[on]), atol=1e-22)
    expected = 100e-12 + 100e-12 * np.sin(2 * np.pi * time[on] / 1.118033988749895)
    np.testing.assert_allclose(given["dendritic_sine"][on], expected, atol=1e-22)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"burn_in": "1.02 s"}, "burn_in"),
        ({"bin": "1 s", "measured": "2 s"}, "bin"),
        ({"delay": "0.2 ms", "dt": "0.5 ms"}, "delay"),
        ({"p_within": "1.5"}, "p_within"),
        ({"driving_force": "dendritic"}, "driving_force"),
        ({"facilitation": "none"}, "facilitation"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


def test_the_quick_preset_has_as_many_inputs_per_cell():
    quick = multiplexing.PRESETS["quick"]
    rows, others = (network.tables(config).projections for config in (quick, PAPER))
    assert len(rows) == len(others) == 8
    for row, other in zip(rows, others, strict=True):
        assert row.inputs == pytest.approx(other.inputs)


# ---- a whole run -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LONG)
def result(cache):
    """The quick preset: a quarter of the cells."""
    return run_once("multiplexing")


def test_both_streams_are_read_and_do_not_mix(result):
    found = result.summary["correlation"]
    # A bin of a population holds some 270 events and 70 bursts: their noise is 6 % and 12 % of means that the currents
    # modulate by a third. That takes no more than a few hundredths off the paper's 0.9 and more.
    for key in ("dendritic_current_upper_bp", "somatic_current_lower_er", "lower_er_upper_er", "upper_br_lower_bp"):
        assert found[key] > 0.7, key
    # 60 bins: chance correlations have a standard deviation of 0.13.
    for key in ("dendritic_current_lower_er", "dendritic_current_upper_er", "somatic_current_upper_bp"):
        assert abs(found[key]) < 0.4, key


def test_ranges_are_near_the_papers(result):
    ranges = result.summary["range"]
    assert set(ranges) == {"lower_er_Hz", "upper_er_Hz", "lower_bp", "upper_bp"}
    means = {"lower_er_Hz": 5.51, "upper_er_Hz": 5.65, "lower_bp": 0.24, "upper_bp": 0.284}
    for key, (low, high, mean) in ranges.items():
        assert low < mean < high
        assert mean == pytest.approx(means[key], rel=0.2), key
    assert result.summary["pv_rate_Hz"] == pytest.approx(13.2, rel=0.2)
    assert result.summary["som_rate_Hz"] == pytest.approx(16.5, rel=0.2)


def test_saved_rates_are_those_of_the_saved_spikes(result):
    arrays = result.arrays
    found = find_bursts(arrays["spikes/cell"], arrays["spikes/time"])
    for kind, cell, time in (
        ("event", found.event_cell, found.event_time), ("burst", found.burst_cell, found.burst_time)
    ):  # fmt: skip
        for k in range(2):
            counts = arrays[f"bin/{kind}_rate"][k] * 1000 * 0.05
            np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)
            assert round(counts.sum()) == np.count_nonzero(cell // 1000 == k)
            inside = (cell // 1000 == k) & (time > 1.99995) & (time < 2.04995)
            assert round(counts[40]) == np.count_nonzero(inside) > 0


def test_one_seed_over_seeds_is_itself(result):
    quick = multiplexing.PRESETS["quick"]
    assert results.over_seeds(quick, [result]) == {
        name: result.summary[name] for name in ("correlation", "range", "pv_rate_Hz", "som_rate_Hz")
    }
    # A mean of two runs has less noise than either.
    noisy = {name: values.copy() for name, values in result.arrays.items()}

    class Other:
        arrays = noisy

    noisy["bin/event_rate"] = noisy["bin/event_rate"] + 2
    mean = results.over_seeds(quick, [result, Other])["range"]["lower_er_Hz"]
    np.testing.assert_allclose(np.subtract(mean, result.summary["range"]["lower_er_Hz"]), 1, rtol=1e-9)


@pytest.mark.long
def test_without_projections_nothing_passes(cache, tmp_path):
    alone = run("multiplexing", out=tmp_path / "run", **{f"w_{name}": "0" for name in network.ROUTES})
    found = alone.summary["correlation"]
    assert found["somatic_current_lower_er"] > 0.8
    assert found["dendritic_current_upper_bp"] > 0.8
    for key in ("lower_er_upper_er", "upper_br_lower_bp"):
        assert abs(found[key]) < 0.4, key


# ---- the paper's numbers ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_published_numbers_over_five_seeds(cache, tmp_path):
    from burstlab.experiments.runs.plans import plan

    planned = [plan("multiplexing", "paper", seed) for seed in range(1, 6)]
    summary = run_seeds(planned, tmp_path / "runs")
    found = compare(summary, multiplexing.EXPERIMENT.references_of("paper"))
    assert len(found) == 21
    assert [one.reference.key for one in found if not one.agrees] == []


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"facilitation": "text"}])
def test_facilitation_of_the_text_makes_volleys(cache, tmp_path, changes):
    volleys = run("multiplexing", "paper", out=tmp_path / "run", **changes)
    assert volleys.summary["range"]["lower_er_Hz"][1] > 12
    assert volleys.summary["correlation"]["somatic_current_lower_er"] < 0.8
