"""Given weights: the network of another run, synapse by synapse, and answers as that run's own last test gave them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from burstlab.experiments import run, xor
from burstlab.experiments.catalogue import configure
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.learning.schedule import schedule
from burstlab.experiments.runs.plans import plan, planned_in
from burstlab.models.parameters import ParameterError

from .experiment_runs import SHORT_XOR, answered, cache, edited_arrays, here, left_in, refused, short_xor, steps_result

__all__ = ["cache", "here"]


def synapses(arrays, group="weights/"):
    """Pairs of cells as one number each, in order, and what brings others into this order."""
    pairs = arrays[f"{group}source"].astype(int) * 10**6 + arrays[f"{group}target"]
    order = np.argsort(pairs)
    return pairs[order], order


# ---- connectivity and weights ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_synapse_and_every_weight_is_that_of_the_trained_network():
    trained, given = short_xor().arrays, answered().arrays
    for group in ("weights/", "weights/inhibition/", "weights/feedback_exc/", "weights/feedback_inh/"):
        ours, theirs = synapses(given, group), synapses(trained, group)
        assert len(ours[0]) > 10_000
        assert len(np.unique(ours[0])) == len(ours[0])
        assert np.array_equal(ours[0], theirs[0])
    (_, ours), (_, theirs) = synapses(given), synapses(trained)
    assert np.array_equal(given["weights/w"][ours], trained["weights/w"][theirs])
    assert len(np.unique(trained["weights/w"])) > 100


def test_the_four_kinds_of_connectivity_are_drawn_apart():
    arrays = short_xor().arrays
    a, b = synapses(arrays)[0], synapses(arrays, "weights/inhibition/")[0]
    shared = len(np.intersect1d(a, b)) / len(a)
    # Two independent draws with p = 50/125.
    assert shared == pytest.approx(0.4, abs=0.02)


@pytest.mark.long
def test_answers_are_those_of_the_trained_network_s_last_test():
    trained, given = short_xor(), answered()
    assert given.summary["inputs"] == ["00", "10", "01", "11"]
    n, measured = int(SHORT_XOR["n"]), 0.65 * 0.4
    for k in range(5):
        ours, theirs = (result.arrays["example/event_rate"][k, -4:] for result in (given, trained))
        # Independent cells would count like Poisson processes; background and silence make it no more.
        noise = np.sqrt((ours + theirs) / (n * measured))
        assert np.all(np.abs(ours - theirs) < 5 * noise), (k, ours, theirs)
    assert np.ptp(given.arrays["example/event_rate"][0]) > 2


@pytest.mark.long
def test_weights_decide_the_answers(tmp_path):
    # Without excitation of the output's first half it is silent, and the mean is that of the other half.
    folder = shutil.copytree(short_xor().folder, tmp_path / "trained")
    with edited_arrays(folder) as file:
        target, w = file["weights/target"][()], file["weights/w"][()]
        silent = (target >= 500) & (target < 562)
        w[silent] = 0
        file["weights/w"][...] = w
    all_spike = answered()  # compiles the program of both
    result = run("xor", weights=folder, seed=2, out=tmp_path / "run", plasticity="off")
    whole, half = (np.array(r.summary["output_event_rate_Hz"]) for r in (all_spike, result))
    expected = whole * 63 / 125
    assert np.all(whole > 1)
    assert half == pytest.approx(expected, abs=5 * np.sqrt(whole.max() / (62 * 0.26)))
    assert np.all(half < 0.85 * whole)
    assert result.summary["compile_s"] == 0


# ---- inputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_any_sequence_of_inputs_is_shown_in_its_order():
    result = answered(inputs="11,00,00,01")
    assert result.summary["compile_s"] == 0 or answered().summary["compile_s"] == 0
    assert result.arrays["example/shown"].tolist() == [3, 0, 0, 2]
    assert result.arrays["example/begin"] == pytest.approx(0.4 + 0.4 * np.arange(4))
    assert "epoch/cost" not in result.arrays
    assert len(result.summary["output_event_rate_Hz"]) == 4
    assert result.summary["targets"] == [0, 0, 0, 1]
    assert not result.arrays["bin/teaching_current"].any()
    high = result.arrays["example/event_rate"][:2]
    for k, word in enumerate(result.summary["inputs"]):
        for unit in (0, 1):
            assert (high[unit, k] > 4) == (word[unit] == "1"), (word, high[:, k])


def test_other_inputs_of_the_same_number_need_no_other_program():
    def structured(*inputs):
        return structure(configure(xor.EXPERIMENT, "quick", {"inputs": list(inputs)}))

    assert structured("00", "10") == structured("11", "01")
    assert structured("00") != structured("epochs") == structure(configure(xor.EXPERIMENT, "quick", {}))
    assert structured("00", "10").n_examples == 2
    with pytest.raises(ParameterError, match="stands alone"):
        structured("epochs", "10")


def test_inputs_need_no_given_weights():
    config = configure(xor.EXPERIMENT, "quick", {"inputs": "10,01"})
    given = schedule(config, 1)
    assert not any(given[f"{name}.values"].any() for name in ("plasticity", "teaching", "teaching_begins"))
    assert float(config.duration) == pytest.approx(6 + 2 * 4, abs=1)


# ---- what is planned -------------------------------------------------------------------------------------------------


def test_a_trained_network_is_tested_as_what_it_was_trained_as():
    trained, planned = short_xor(), plan("xor", weights=short_xor().folder, changes={"plasticity": "off"})
    ours, theirs = planned.describe(), trained.config
    different = {name for name, value in theirs["parameters"].items() if ours["parameters"][name] != value}
    assert different == {"plasticity", "inputs"}
    assert planned.default_folder == Path("results/xor/quick-given-seed1")
    learning = plan("xor", weights=trained.folder)
    assert learning.config.learns


def test_a_stopped_run_goes_on_with_the_same_weights_only(tmp_path):
    folder = shutil.copytree(short_xor().folder, tmp_path / "trained")
    described = json.loads(json.dumps(plan("xor", weights=folder, changes={"plasticity": "off"}).describe()))
    assert planned_in(tmp_path, described).describe() == described
    with edited_arrays(folder) as file:
        file["weights/w"][0] += 0.5
    with pytest.raises(RuntimeError, match="another set of given weights"):
        planned_in(tmp_path, described)


def test_what_cannot_be_given(here, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "not a run directory" in refused(here("run", "xor", "--weights", "empty"))
    assert "current_steps, not of xor" in refused(here("run", "xor", "--weights", steps_result().folder))
    assert "takes no weights" in refused(here("run", "current_steps", "--weights", short_xor().folder))
    said = refused(here("run", "xor", "--weights", short_xor().folder, "--set", "n=200"))
    assert "n = 200" in said
    assert "n = 125" in said
    said = refused(here("run", "xor", "--set", "inputs=00,12"))
    assert "inputs = 12" in said
    older = shutil.copytree(short_xor().folder, tmp_path / "older")
    with edited_arrays(older) as file:
        del file["weights/inhibition"]
    assert "older burstlab" in refused(here("run", "xor", "--weights", older))
    assert left_in(tmp_path) == ["empty", "older"]


# ---- at scale --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_network_that_learned_answers_as_in_its_own_last_test(tmp_path):
    trained = run("xor", out=tmp_path / "trained")
    assert trained.summary["solved"]
    repeats = 6
    given = run(
        "xor", weights=trained.folder, plasticity="off", inputs=["00", "10", "01", "11"] * repeats, seed=7,
        out=tmp_path / "given",
    )  # fmt: skip
    rates = np.array(given.summary["output_event_rate_Hz"]).reshape(repeats, 4)
    last = np.array(trained.summary["event_rate_after_Hz"])
    # 500 cells for 2.6 s at up to 10 Hz count with a noise of 0.09 Hz; cells with common input do so with more, which
    # the repeats show.
    noise = np.maximum(np.std(rates, axis=0, ddof=1), np.sqrt(last / (500 * 2.6)))
    assert np.all(np.abs(rates.mean(axis=0) - last) < 4 * noise * np.sqrt(1 + 1 / repeats)), (rates, last)
    assert given.summary["solved"]
