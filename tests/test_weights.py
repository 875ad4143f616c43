"""Given weights: the network of another run, synapse by synapse, and answers as that run's own last test gave them.

And networks that were made by hand: they are what they were made, on every backend, or refused in one line.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from burstlab.experiments import learn, run, xor
from burstlab.experiments.catalogue import configure
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.learning.schedule import schedule
from burstlab.experiments.learning.wiring import most_synapses
from burstlab.experiments.runs.plans import plan, planned_in
from burstlab.models.parameters import ParameterError

from .experiment_runs import (
    SHORT_LEARN,
    SHORT_XOR,
    answered,
    cache,
    edited_arrays,
    here,
    left_in,
    refused,
    short_xor,
    steps_result,
)

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


# ---- made by hand ----------------------------------------------------------------------------------------------------


def by_hand(tables, rng, density, without=()):
    """A network in any order: each pair of cells with the same probability, and weights where synapses have one."""
    kinds = dict.fromkeys(row.kind for row in tables.projections)
    pairs = {kind: [] for kind in kinds}
    for row in (row for kind in kinds for row in tables.of_kind(kind)):
        (begin, end), (first, last) = tables.span([row.source]), tables.span([row.target])
        hit = rng.random((end - begin, last - first)) < (0 if row.kind in without else density)
        pairs[row.kind].append(np.argwhere(hit) + np.array([begin, first]))
    arrays = {}
    for kind, found in pairs.items():
        group, both = "weights" if kind == "plastic" else f"weights/{kind}", rng.permutation(np.concatenate(found))
        arrays |= {f"{group}/source": both[:, 0], f"{group}/target": both[:, 1]}
        arrays[f"{group}/w"] = rng.uniform(0.1, 0.5, len(both)).astype(np.float32)
    return arrays


def in_order(arrays, group):
    """Source, target and, where there are any, weights of a kind, by the first two."""
    columns = [arrays[f"{group}/{what}"] for what in ("source", "target", "w") if f"{group}/{what}" in arrays]
    return np.array(columns)[:, np.lexsort(columns[1::-1])]


GROUPS = ("weights", "weights/inhibition", "weights/feedback_exc", "weights/feedback_inh")
ANSWERING = SHORT_LEARN | {"reference": "given", "settling": "0.2 s", "plasticity": "off"}


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("cpp", marks=pytest.mark.long), pytest.param("cython", marks=pytest.mark.slow)]
)
def test_a_network_made_by_hand_is_what_it_was_made(backend, rng, tmp_path):
    tables, compiled = learn.tables(configure(learn.EXPERIMENT, "quick", SHORT_LEARN)), []
    # In the second nothing excites dendrites; a compiled program takes both.
    for k, without in enumerate([(), ("feedback_exc",)][: 2 if backend == "cpp" else 1]):
        given, folder = by_hand(tables, rng, 0.45, without), tmp_path / f"{k}"
        del given["weights/inhibition/w"]
        np.savez(tmp_path / f"{k}.npz", **given)
        found = run("learn", backend=backend, weights=tmp_path / f"{k}.npz", out=folder, seed=k, **ANSWERING)
        assert found.status == "done"
        for group in GROUPS:
            ours, wanted = in_order(found.arrays, group), in_order(given, group)
            assert (ours.shape[1] > 500) == (group.rpartition("/")[2] not in without)
            np.testing.assert_array_equal(ours, wanted, group)
        compiled.append(found.summary["compile_s"])
    assert compiled[1:] == [0] * (len(compiled) - 1)
    described = found.config["weights"]
    assert described["file"] == str(tmp_path / f"{k}.npz")
    assert planned_in(folder, found.config).describe()["weights"] == described


@pytest.mark.long
def test_what_a_trained_network_has_can_be_given_as_a_file(tmp_path):
    trained, asked = answered(), SHORT_XOR | {"plasticity": "off"}  # compiles the program of both
    arrays = {name: array for name, array in short_xor().arrays.items() if name.startswith("weights/")}
    np.savez_compressed(tmp_path / "trained.npz", **arrays)
    result = run("xor", weights=tmp_path / "trained.npz", seed=2, out=tmp_path / "run", **asked)
    assert result.summary["compile_s"] == 0
    assert result.config["weights"]["sha256"] == trained.config["weights"]["sha256"]
    for name, array in trained.arrays.items():
        np.testing.assert_array_equal(result.arrays[name], array, name)


XOR_CONFIG = configure(xor.EXPERIMENT, "quick", SHORT_XOR)


@pytest.fixture(scope="module")
def good():
    """A network for the short XOR that is taken as it is."""
    made = by_hand(xor.tables(XOR_CONFIG), np.random.default_rng(1), 0.2)
    return {name: array for name, array in made.items() if name == "weights/w" or not name.endswith("/w")}


def _planned(tmp_path, arrays, experiment="xor", **changes):
    np.savez(tmp_path / "given.npz", **arrays)
    return plan(experiment, weights=tmp_path / "given.npz", changes=SHORT_XOR | changes)


def test_a_file_has_no_parameters(good, tmp_path):
    planned = _planned(tmp_path, good)
    assert planned.preset == "quick"
    assert planned.config.learns
    assert not _planned(tmp_path, good, plasticity="off").config.learns
    assert str(tmp_path / "given.npz") in planned.command()
    assert planned.default_folder == Path("results/xor/quick-given-seed1")


def _at(name, k, value):
    def changed(arrays):
        arrays[name] = arrays[name].copy()
        arrays[name][k] = value

    return changed


def _set(**by_name):
    return lambda arrays: arrays.update({name.replace("__", "/"): values for name, values in by_name.items()})


def _twice(arrays):
    for name in ("weights/inhibition/source", "weights/inhibition/target"):
        arrays[name] = np.append(arrays[name], arrays[name][7])


def _deaf(arrays):
    heard = arrays["weights/target"] < 500
    arrays |= {f"weights/{name}": arrays[f"weights/{name}"][heard] for name in ("source", "target", "w")}


def _all_pairs(arrays):
    sources, targets = np.divmod(np.arange(250 * 250), 250)
    arrays |= {"weights/inhibition/source": sources, "weights/inhibition/target": targets + 250}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda a: a.pop("weights/w"),
            "has no array 'weights/w'; needed are weights/source, weights/target",
        ),
        (lambda a: a.pop("weights/feedback_inh/target"), "has no array 'weights/feedback_inh/target'"),
        (_set(inhibition=np.arange(3)), "inhibition is no array of this network"),
        (_set(weights__inhibition__w=np.ones(3)), "did you mean weights/inhibition/"),
        (_at("weights/source", 5, 625), "weights/source: cell 625 at 5; there are 0 to 624"),
        (_at("weights/inhibition/target", 3, -1), "weights/inhibition/target: cell -1 at 3; there are 0 to 624"),
        (_at("weights/target", 4, 100), r"\(input1\) at 4; the network has no projection plastic from .* to input1"),
        (_at("weights/w", 9, -0.1), "weights/w: -0.1 at 9; 0 to 1 is needed"),
        (_at("weights/w", 9, 1.1), "weights/w: 1.1 at 9; 0 to 1 is needed"),
        (_at("weights/w", 9, np.nan), "weights/w: nan at 9; 0 to 1 is needed"),
        (_set(weights__w=np.ones(3)), "in source, .* in target, 3 in w; one for each synapse"),
        (_set(weights__w=np.ones((3, 2))), r"weights/w: numbers in a row are needed, not float64 of shape \(3, 2\)"),
        (_set(weights__source=np.ones(3)), r"weights/source: whole numbers in a row are needed, not float64"),
        (_set(weights__w=np.array([None])), "cannot be read as an .npz file: .*allow_pickle"),
        (_twice, "weights/inhibition: two synapses from cell .* to cell .*; one is possible"),
        (_deaf, r"weights: no synapse leads to output \(cells 500 to 624\), which is to learn"),
        (_all_pairs, "62500 synapses; random connectivity has up to .* take more inputs per cell"),
    ],
)
def test_networks_that_cannot_be_given(good, tmp_path, change, said):
    arrays = dict(good)
    change(arrays)
    with pytest.raises(ParameterError, match=said) as error:
        _planned(tmp_path, arrays)
    assert "\n" not in str(error.value)
    assert "given.npz" in str(error.value)


@pytest.mark.parametrize("content", [None, b"", b"weights", b"PK\x03\x04 no archive", "pickle", "array"])
def test_files_that_are_none(content, tmp_path):
    path = tmp_path / "given.npz"
    if content == "array":
        with path.open("wb") as file:
            np.save(file, np.arange(3))
    elif content == "pickle":
        with path.open("wb") as file:
            np.save(file, np.array([None]), allow_pickle=True)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(ParameterError, match=r"given\.npz.*(No such file|cannot be read|is needed)") as error:
        plan("xor", weights=path)
    assert "\n" not in str(error.value)


def test_random_networks_fit_into_what_a_program_has_room_for(rng):
    for changes in ({}, {"n": "125", "inputs_per_cell": "1"}, {"n": "125", "inputs_per_cell": "125"}):
        tables = xor.tables(configure(xor.EXPERIMENT, "quick", changes))
        for kind in ("plastic", "feedback_exc"):
            sizes = [(row, tables[row.source].size, tables[row.target].size) for row in tables.of_kind(kind)]
            pairs = [(sources * targets, row.inputs / sources) for row, sources, targets in sizes]
            drawn = sum(rng.binomial(*pair, size=100_000) for pair in pairs)
            most, mean = most_synapses(tables, kind), sum(n * p for n, p in pairs)
            assert drawn.max() <= most <= min(1.25 * mean + 100, sum(n for n, _ in pairs))
    # All pairs, where the settings connect all.
    assert most == mean


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
