"""A hierarchy of one's own: tables, weights and schedule by hand, one program for many tasks, a run to the end."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from burstlab.analysis import learning as measures
from burstlab.experiments import learn, run
from burstlab.experiments.contract.settings import settings, structure
from burstlab.experiments.engine.identity import differences
from burstlab.experiments.engine.key import cache_key
from burstlab.experiments.learn import PRESETS
from burstlab.experiments.learning.learn_results import unit_names
from burstlab.experiments.learning.learn_settings import Config
from burstlab.experiments.learning.schedule import schedule
from burstlab.experiments.runs.plans import plan
from burstlab.models import ParameterError
from burstlab.models.parameters import with_changes

# A second on numpy: nothing is learned. Conductances of so few and strong synapses are too fast for 1 ms where
# dendrites see their own voltage.
TINY = {
    "cells_per_unit": "10", "inputs_per_unit": "5", "dt": "1 ms", "settling": "1 s", "example_duration": "0.2 s",
    "prediction": "0.5", "epochs": "1", "tau_avg": "0.2 s", "order": "fixed",
    "driving_force": "somatic",
}  # fmt: skip
PARITY = {"layers": "3,2,1", "task": "parity3"}
# By hand, the first input fastest.
PATTERNS = np.array(
    [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
)  # fmt: skip
ODD = np.array([0, 1, 1, 0, 1, 0, 0, 1])


def config(**changes):
    return with_changes(Config(), TINY | changes)


def key_of(**changes):
    return cache_key(learn.EXPERIMENT, config(**changes), 32)


# ---- the hierarchy ---------------------------------------------------------------------------------------------------


def test_units_by_name():
    assert unit_names([2, 3, 1], "plain") == [("input1", "input2"), ("hidden1", "hidden2", "hidden3"), ("output",)]
    names = unit_names([1, 2, 1, 2], "pairs")
    assert names == [("input", "input_off"), ("hidden1_1", "hidden1_2"), ("hidden2_",), ("output1", "output2")]
    made = learn.tables(config(layers="1,2,1,2", task="random2"))
    assert made.names() == tuple(name for layer in names for name in layer)
    assert {layer: len(names) for layer, names in made.layers.items()} == {"input": 2, "hidden": 3, "output": 2}


def test_events_go_up_from_layer_to_layer_and_bursts_down_to_hidden_ones():
    made = learn.tables(config(layers="2,3,2,1", coding="plain"), 1)
    routes = {kind: [(row.source, row.target) for row in made.of_kind(kind)] for kind in ("plastic", "feedback_exc")}
    first, second, third, fourth = unit_names([2, 3, 2, 1], "plain")
    up = [*((a, b) for a in first for b in second), *((a, b) for a in second for b in third), (third[0], fourth[0])]
    assert routes["plastic"] == [*up, (third[1], fourth[0])]
    assert routes["feedback_exc"] == [*((a, b) for a in third for b in second), *((fourth[0], b) for b in third)]
    assert [row[:] for row in routes["plastic"]] == [(row.source, row.target) for row in made.of_kind("inhibition")]


def test_layers_of_any_size_begin_with_the_same_input():
    """Mean weight times gain times cells that are heard is what it is in xor, 200 inputs of 0.234."""
    given = config(layers="6,20,3", task="random3", coding="plain", w_spread="0")
    made = learn.tables(given, 1)
    for target, below in (("hidden1", 6), ("output3", 20)):
        (weight,) = {row.weight for row in made.of_kind("plastic") if row.target == target}
        assert weight * made[target].values["gain"] * below * 5 == pytest.approx(200 * 0.234)


def test_layers_may_differ_in_cells_and_in_inputs():
    """The way down is as dense as the way up, and gain makes up for how many cells are heard."""
    given = config(layers="6,20,3", task="random3", coding="plain", cells_per_unit="2,4,10", inputs_per_unit="0.5,1")
    made = learn.tables(given, 1)
    assert [made[name].size for name in ("input1", "hidden1", "output3")] == [2, 4, 10]
    assert made.densities("plastic") == dict.fromkeys(made.names("input"), 0.25) | dict.fromkeys(
        made.names("hidden"), 0.25
    )
    assert set(made.densities("feedback_exc").values()) == {0.25}
    assert [made[name].values["gain"] for name in ("hidden1", "output1")] == pytest.approx([200 / 3, 200 / 20])
    assert learn.EXPERIMENT.values(given, 1)["cells.e_max"].tolist() == [10.0] * (6 * 2 + 20 * 4 + 3 * 10)


def test_tables_of_large_layers_have_few_rows():
    """A million pairs of units as Python objects took most of the time before the first step."""
    made = learn.tables(config(task="digits", layers="64,500,10", cells_per_unit="1", inputs_per_unit="0.1,0.5"), 1)
    assert len(made.projections) == 6
    assert sum(len(block.sources) * len(block.targets) for block in made.projections) == 2 * (128 + 2 * 10) * 500


def test_hidden_cells_have_a_range_of_their_own():
    values = learn.EXPERIMENT.values(config(e_min_hidden="4 Hz", e_max_hidden="7 Hz"), 1)
    hidden = slice(4 * 10, 16 * 10)
    for name, mine, others in (("e_min", 4, 2), ("e_max", 7, 10)):
        assert np.unique(values[f"cells.{name}"][hidden]).tolist() == [mine]
        assert np.unique(values[f"cells.{name}"][16 * 10 :]).tolist() == [others]


def test_outputs_have_a_range_of_their_own_beside_what_the_teacher_leads_them_to():
    values = learn.EXPERIMENT.values(config(e_min_output="4 Hz", e_max_output="5 Hz", e_max="11 Hz"), 1)
    outputs = slice(16 * 10, None)
    assert np.unique(values["cells.e_min"][outputs]).tolist() == [4]
    assert np.unique(values["cells.e_max"][outputs]).tolist() == [5]
    assert (values["cells.e_off"], values["cells.e_on"]) == (2, 11)


def test_in_phases_an_example_is_answered_before_it_is_taught(tmp_path):
    """Rates of a taught example are those of the time without teacher; a network without learning is at chance."""
    phases = {"learning": "two_phase", "example_duration": "0.4 s", "prediction": "0.75", "I_s_teach": "5000 pA"}
    found = run("learn", backend="numpy", out=tmp_path / "one", **TINY | phases)
    rate = found.arrays["bin/event_rate"]
    time, begin = found.arrays["bin/time"], found.arrays["example/begin"][4]
    inside = (time > begin + 0.1 - 1e-6) & (time < begin + 0.3 - 1e-6)
    np.testing.assert_allclose(found.arrays["example/event_rate"][:, 4], rate[:, inside].mean(axis=1))
    taught = (time > begin + 0.3 - 1e-6) & (time < begin + 0.4 - 1e-6)
    np.testing.assert_allclose(found.arrays["taught/event_rate"][:, 0], rate[:, taught].mean(axis=1))


def test_weights_differ_between_pairs_and_follow_from_the_seed():
    given = config(layers="8,50,4", task="random8", coding="plain", w_spread="0.5")
    one, again, other = (learn.drawn(given, seed) for seed in (1, 1, 2))
    for kind in one:
        for here, there, elsewhere in zip(one[kind], again[kind], other[kind], strict=True):
            np.testing.assert_array_equal(here, there)
            assert kind.startswith("feedback") or (here != elsewhere).mean() > 0.9
    first = one["plastic"][0]
    assert first.shape == (8, 50)
    # 400 numbers: their mean and SD are known to 5 % and 3.5 %, here with clipping at 0 (2.3 % of them) in it.
    assert first.mean() == pytest.approx(0.234, rel=0.1)
    assert first.std() == pytest.approx(0.117, rel=0.15)
    assert len(np.unique(first)) > 380


def test_feedback_by_its_name():
    found = {
        name: learn.drawn(config(layers="3,5,4,2", task="random4", coding="plain", feedback=name), 3)
        for name in ("opposite", "random", "symmetric", "learned", "cut")
    }
    for name, weights in found.items():
        # Weights up do not depend on what comes down.
        for here, there in zip(weights["plastic"], found["cut"]["plastic"], strict=True):
            np.testing.assert_array_equal(here, there)
        assert [each.shape for each in weights["feedback_exc"]] == [(4, 5), (2, 4)], name
        for exc, inh in zip(weights["feedback_exc"], weights["feedback_inh"], strict=True):
            assert not (exc * inh).any()  # one or the other
            assert ((exc + inh) > 0).all() == (name != "cut")
    exc, inh = (found["opposite"][f"feedback_{sign}"][0] for sign in ("exc", "inh"))
    scale = 100 / 5 / np.sqrt(4)
    np.testing.assert_allclose(exc, np.tile([0.5 * scale] * 3 + [0] * 2, (4, 1)))
    np.testing.assert_allclose(inh, np.tile([0] * 3 + [0.5 * scale] * 2, (4, 1)))
    assert len(np.unique(found["random"]["feedback_exc"][0] + found["random"]["feedback_inh"][0])) == 20
    # What is learned begins at random, but for what is too large.
    largest = 2 * scale
    assert (found["random"]["feedback_exc"][0] <= largest).all()
    for sign in ("exc", "inh"):
        for learned, drawn in zip(
            found["learned"][f"feedback_{sign}"], found["random"][f"feedback_{sign}"], strict=True
        ):
            np.testing.assert_array_equal(learned, drawn)
    up = found["symmetric"]["plastic"][1]
    np.testing.assert_array_equal(found["symmetric"]["feedback_exc"][0] > 0, up.T > 0.234)


def test_tables_take_as_long_as_they_have_rows():
    """Calls of functions, not seconds: twice the rows take twice as many, and not four times."""
    counts = []
    for units in (20, 40, 80):
        given, calls = config(layers=f"{units},30,10", task="random10", coding="plain"), 0

        def count(frame, event, argument):
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count)
        try:
            learn.EXPERIMENT.values(given, 1)
        finally:
            sys.setprofile(None)
        counts.append(calls)
    assert counts[1] - counts[0] > 1000
    assert counts[2] - counts[1] < 2.5 * (counts[1] - counts[0])


# ---- the schedule ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["plain", "pairs"])
def test_parity_by_hand(coding):
    """Test, one epoch, test: currents, targets, teacher and plasticity of every tick of 0.1 s, two in an example."""
    given = config(**PARITY, coding=coding)
    assert float(given.tick_steps * given.dt) == pytest.approx(0.1)
    made = schedule(given, 1)
    settle, high, low = 10, float(given.I_input_high), float(given.I_input_low)
    on = np.repeat(np.tile(PATTERNS, (3, 1)), 2, axis=0)
    shown = on if coding == "plain" else np.stack([on, 1 - on], axis=2).reshape(len(on), 6)
    current = made["input_current.values"]
    n = shown.shape[1]
    assert current.shape == (settle + 48 + 1, n + 2)
    assert not current[:settle].any()
    np.testing.assert_array_equal(current[settle:-1, :n], np.where(shown == 1, high, low))
    assert not current[:, n:].any()
    np.testing.assert_array_equal(made["target.values"][settle:-1, n + 1], np.repeat(np.tile(ODD, 3), 2))
    taught = np.repeat([0, 1, 0], 16)
    for name in ("teaching", "plasticity"):
        np.testing.assert_array_equal(made[f"{name}.values"][settle:-1], taught, name)
    two = schedule(config(**PARITY, coding=coding, learning="two_phase"), 1)
    np.testing.assert_array_equal(two["teaching.values"][settle:-1], taught * np.tile([0, 1], 24))


def test_learning_rates_fall_by_as_much_in_each_example():
    """From 1 to eta_final over the 24 examples of three epochs, while plasticity is on; the teacher stays as it is."""
    given = config(**PARITY, epochs="3", eta_final="0.05", learning="two_phase")
    made = schedule(given, 1)
    on = made["plasticity.values"][10 + 2 * 8 : -1 - 2 * 8].reshape(24, 2)
    assert not on[:, 0].any()
    np.testing.assert_allclose(on[:, 1], 0.05 ** (np.arange(24) / 23))
    assert set(made["teaching.values"].tolist()) == {0, 1}


def test_a_test_part_is_shown_in_tests_only(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("input a,output b,part\n0,0,train\n0.25,1,test\n1,1,train\n0.5,0,train\n")
    given = config(layers="1,2,1", task=str(file), coding="plain", epochs="2")
    assert given.n_examples == 1 + 2 * 3 + 1
    current = schedule(given, 1)["input_current.values"][10:-1:2, 0]
    shown = (current - float(given.I_input_low)) / float(given.I_input_high - given.I_input_low)
    np.testing.assert_allclose(shown, [0.25, 0, 1, 0.5, 0, 1, 0.5, 0.25], atol=1e-7)
    assert structure(given).n_examples == 8


# ---- one program -----------------------------------------------------------------------------------------------------


def test_tasks_of_one_shape_are_one_program(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("input a,input b,output c\n0,0.5,1\n1,0.25,0\n0,1,1\n1,1,1\n")
    same = {key_of(task=name) for name in ("xor", "and", "or", "nand", "random4", str(table))}
    assert len(same) == 1
    data = {"feedback": "random", "eta_hidden": "0.01", "w_spread": "0.1", "event_route": "off", "P_b_hidden": "0.3"}
    assert {key_of(**{name: value}) for name, value in data.items()} == same
    others = (
        PARITY, {"coding": "plain"}, {"layers": "2,5,1"}, {"epochs": "2"}, {"learning": "two_phase"},
        {"feedback": "learned"},
    )  # fmt: skip
    keys = {key_of(**changes) for changes in others}
    assert len(keys) == 6
    assert not keys & same
    # Of images, as many are the same program whichever they are.
    images = {"layers": "64,2,10", "task": "digits", "train_patterns": "7", "test_patterns": "3"}
    assert key_of(**images) == key_of(**images | {"train_patterns": "7"}) != key_of(**images | {"test_patterns": "4"})


def test_the_builder_needs_no_file(tmp_path):
    """What it is told are the settings of the structure."""
    table = tmp_path / "table.csv"
    table.write_text("input a,output b\n0,1\n1,0\n")
    told = settings(structure(config(layers="1,2,1", task=str(table))))
    assert told["task"] == "blank_1_1_2_0"
    table.unlink()
    assert structure(with_changes(Config(), told)).n_examples == 6


def test_another_content_is_another_run(tmp_path):
    table = tmp_path / "table.csv"
    changes = TINY | {"layers": "1,2,1", "task": str(table)}
    described = []
    for text in ("input a,output b\n0,1\n1,0\n", "input a,output b\n0,1\n1,1\n"):
        table.write_text(text)
        described.append(plan("learn", changes=changes, backend="numpy").describe())
    assert described[0]["data"]["shape"] == [1, 1]
    assert (described[0]["data"]["train"], described[0]["data"]["test"]) == (2, 2)
    assert differences(*described) == ["another set of data"]


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layers": "2,1"}, "layers = 2, 1: inputs, one hidden layer or more, and outputs are needed"),
        ({"layers": "3,2,1"}, "task = xor: it has 2 inputs, the network 3; take layers = 2, ..., 1"),
        ({"layers": "2,2,2"}, "task = xor: it has 1 output, the network 2"),
        ({"layers": "2,0,1"}, "layers = 0: outside the allowed range"),
        ({"layers": "2,two,1"}, "layers = two: a whole number is needed"),
        ({"task": "xnor"}, "task = xnor: no such task"),
        ({"inputs_per_unit": "11"}, "inputs_per_unit = 11: more than the 10 cells of a unit"),
        ({"inputs_per_unit": "1,2,3"}, "inputs_per_unit: 3 numbers; 1 or 2 are possible for these layers"),
        ({"cells_per_unit": "10,10"}, "cells_per_unit: 2 numbers; 1 or 3 are possible for these layers"),
        ({"feedback": "symmetric", "w_spread": "0"}, "feedback = symmetric: with w_spread = 0"),
        ({"feedback": "fixed"}, "feedback = fixed: not one of opposite | random | symmetric | learned | cut"),
        ({"settling": "0.4 s"}, "settling = 0.4 s: shorter than"),
        ({"e_min": "10 Hz"}, "e_min = 10 Hz: not below e_max = 10 Hz"),
        (
            {"layers": "64,10000,10", "task": "digits", "cells_per_unit": "10000", "inputs_per_unit": "1000"},
            "GB of memory are needed, this machine has",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(changes, said):
    with pytest.raises(ParameterError, match=re.escape(said)) as refused:
        config(**changes)
    assert "\n" not in str(refused.value)


# ---- runs ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A truth table of two inputs and two outputs."""
    file = tmp_path_factory.mktemp("task") / "adder.csv"
    file.write_text("input a,input b,output sum,output carry\n0,0,0,0\n1,0,1,0\n0,1,1,0\n1,1,0,1\n")
    return file


@pytest.fixture(scope="module")
def done(table, tmp_path_factory):
    """A run of it on numpy, by the way that every run takes."""
    changes = TINY | {"layers": "2,3,2", "task": str(table), "feedback": "random"}
    return run("learn", backend="numpy", out=tmp_path_factory.mktemp("run") / "one", **changes)


def test_a_run_keeps_what_it_was_taught(done):
    assert done.status == "done"
    assert done.config["data"] == config(layers="2,3,2", task=done.config["parameters"]["task"]).plain_task.describe()
    assert done.arrays["task/target"].tolist() == [[0, 0], [1, 0], [1, 0], [0, 1]]
    assert done.arrays["task/pattern"].shape == (4, 4)
    assert done.arrays["example/event_rate"].shape == (4 + 3 + 2, 12)
    assert -1 <= done.summary["burst_signal_with_gradient"] <= 1
    assert done.summary["units_of_its_sign"] in (0, 1 / 3, 2 / 3, 1)
    assert "readout_hidden" not in done.summary  # four patterns
    for name in ("figure.png", "figure.pdf"):
        assert (done.folder / name).stat().st_size > 20_000


def test_cost_teacher_and_answers_by_hand(done):
    arrays, summary = done.arrays, done.summary
    shown = arrays["example/shown"]
    assert shown.tolist() == [*range(4)] * 3
    target = arrays["task/target"][shown]
    at_end = np.searchsorted(arrays["bin/time"], arrays["example/begin"] + 0.1 - 1e-9)
    wanted = sum(measures.cross_entropy(arrays["bin/E_bar"][7 + k, at_end], target[:, k], 2, 10) for k in (0, 1))
    np.testing.assert_allclose(arrays["example/cost"], wanted)
    assert summary["epoch_cost"] == pytest.approx([wanted[4:8].sum()])
    # Nobody teaches in the tests; in between somebody does, and all the time.
    time, current = arrays["bin/time"], arrays["bin/teaching_current"]
    taught = (time >= 1.8 + 0.1) & (time < 2.6 - 1e-9)
    assert not current[time < 1.8 - 1e-9].any()
    assert not current[time >= 2.6 + 0.1].any()
    assert current[taught].all()
    rate = arrays["example/event_rate"][7:].T
    right = np.all((rate > 6) == (target == 1), axis=1)
    assert arrays["epoch/accuracy"].tolist() == [right[4:8].mean()]
    assert (summary["accuracy_before"], summary["accuracy_after"]) == (right[:4].mean(), right[8:].mean())
    assert summary["event_rate_after_Hz"] == rate[8:].ravel().tolist()
    sides = (rate[8:] > 6) == (target[8:] == 1)
    assert summary["right_outputs"] == dict(zip(("sum", "carry"), sides.mean(axis=0).tolist(), strict=True))
    assert summary["solved"] == bool(sides.all())


def paper_teacher(E: float) -> tuple[float, float]:
    """Up and down in A, with c_teach of 1 nA Hz, a margin of 1 Hz and goals of 2 and 10 Hz."""
    return 1e-9 / max(E - 2, 1) * (E < 9), -1e-9 / max(10 - E, 1) * (E > 3)


def linear_teacher(E: float) -> tuple[float, float]:
    """What is lacking in units of 8 Hz, of 1 nA."""
    return 1e-9 * min(max((10 - E) / 8, 0), 1), -1e-9 * min(max((E - 2) / 8, 0), 1)


@pytest.mark.parametrize(("teacher", "formula"), [("inverse", paper_teacher), ("linear", linear_teacher)])
def test_a_teacher_may_go_by_the_mean_rate_of_a_unit(tmp_path, teacher, formula):
    """Its current is the formula of the mean estimate at the tick before, the same in all cells."""
    settings = TINY | {"layers": "2,3,1", "teacher_reads": "unit", "teacher": teacher}
    found = run("learn", backend="numpy", out=tmp_path / "one", **settings)
    E, current = found.arrays["bin/E_bar"][-1], found.arrays["bin/teaching_current"]
    target = found.arrays["task/target"][found.arrays["example/shown"], 0]
    begin = np.rint(found.arrays["example/begin"] / 0.1).astype(int)
    compared = []
    for k in range(4, 8):
        for tick in (begin[k], begin[k] + 1):
            up, down = formula(E[tick])
            compared.append((current[tick + 1], up if target[k] else down))
    ours, wanted = np.transpose(compared)
    assert wanted.any()
    np.testing.assert_allclose(ours, wanted, rtol=1e-5)


def test_long_records_of_many_units_have_bins_twice_as_long():
    width = {name: PRESETS[name].bin_steps * float(PRESETS[name].dt) for name in ("quick", "full", "digits")}
    assert width == pytest.approx({"quick": 0.1, "full": 0.1, "digits": 0.2})


def test_every_synapse_begins_with_the_weight_of_its_pair(table, tmp_path):
    """Index by index: weights up and down are those that were drawn, and nothing has changed them."""
    changes = TINY | {"layers": "2,3,2", "task": str(table), "feedback": "random", "plasticity": "off"}
    found = run("learn", backend="numpy", seed=4, out=tmp_path / "one", **changes)
    drawn = learn.drawn(with_changes(Config(), changes), 4)
    for group, kind, pairs in (
        ("weights", "plastic", [(0, 4, 0), (4, 7, 1)]),
        ("weights/feedback_exc", "feedback_exc", [(7, 4, 0)]),
        ("weights/feedback_inh", "feedback_inh", [(7, 4, 0)]),
    ):
        source, target, w = (found.arrays[f"{group}/{name}"] for name in ("source", "target", "w"))
        seen = 0
        for begin_source, begin_target, layer in pairs:
            matrix = drawn[kind][layer].astype(np.float32)
            rows, columns = source // 10 - begin_source, target // 10 - begin_target
            inside = (rows >= 0) & (rows < matrix.shape[0]) & (columns >= 0) & (columns < matrix.shape[1])
            np.testing.assert_array_equal(w[inside], matrix[rows[inside], columns[inside]])
            seen += inside.sum()
        assert seen == len(w) > 100


def test_learned_feedback_follows_the_weights_up(tmp_path):
    """In a run, pair of cells by pair: as far as no weight has met a limit, the changes are equal."""
    changes = TINY | {
        "layers": "2,3,2", "task": "random2", "feedback": "learned", "eta_feedback": "0.1", "feedback_exc": "0.1",
        "feedback_inh": "0.1", "w_spread": "0", "inputs_per_unit": "9", "eta_output": "0.002",
    }  # fmt: skip
    found = run("learn", backend="numpy", seed=4, out=tmp_path / "one", **changes)
    given, drawn = with_changes(Config(), changes), learn.drawn(with_changes(Config(), changes), 4)
    scale = 100 / given.feedback_inputs[0] / np.sqrt(2)
    up = {(i, j): w - np.float32(0.234) for i, j, w in _by_ends(found.arrays, "weights").T}
    for sign, direction in (("exc", 1), ("inh", -1)):
        started, compared, seen = drawn[f"feedback_{sign}"][0], [], 0
        for j, i, w in _by_ends(found.arrays, f"weights/feedback_{sign}").T:
            start = started[int(j) // 10 - 7, int(i) // 10 - 4]
            wanted = start + direction * 0.1 * scale * up.get((i, j), np.nan)
            seen += 1
            if 0.1 < wanted < 2 * scale - 0.1 and start > 0.1:
                compared.append((w - start, wanted - start))
        mine, wanted = np.array(compared).T
        assert len(mine) > seen / 10
        assert np.std(wanted) > 1e-3
        # Single precision, and what met 0 or the limit on the way is not among them.
        np.testing.assert_allclose(mine, wanted, atol=1e-5)


def _by_ends(arrays, group):
    """Source, target and weight of each synapse, in the order of the first two; fixed weights of all are left out."""
    columns = [arrays[f"{group}/{name}"] for name in ("source", "target", "w") if f"{group}/{name}" in arrays]
    return np.array(columns)[:, np.lexsort(columns[1::-1])]


def test_a_trained_network_is_tested_with_its_weights(done, tmp_path):
    """Index by index, on another seed, without learning; and given to another hierarchy they are refused."""
    again = run("learn", backend="numpy", seed=9, weights=done.folder, plasticity="off", out=tmp_path / "again")
    for group in ("weights", "weights/inhibition", "weights/feedback_exc", "weights/feedback_inh"):
        trained, given = (_by_ends(each.arrays, group) for each in (done, again))
        np.testing.assert_array_equal(trained, given, group)
    assert again.config["parameters"]["epochs"] == 0
    assert again.arrays["example/shown"].tolist() == [0, 1, 2, 3]
    assert "epoch_cost" not in again.summary
    with pytest.raises(ParameterError, match=r"cells_per_unit = 11: the weights of .* are for cells_per_unit = 10"):
        run("learn", backend="numpy", weights=done.folder, cells_per_unit="11", out=tmp_path / "other")


def test_the_columns_of_a_table_have_their_names_in_config_and_figure(done):
    assert (done.config["data"]["inputs"], done.config["data"]["outputs"]) == (["a", "b"], ["sum", "carry"])
    figure = done.figure()
    assert "pattern (a, b) → targets (sum, carry)" in [axes.get_xlabel() for axes in figure.axes]
    assert "(sum " in figure.get_suptitle()


def test_figures_of_many_units_and_of_several_seeds(done):
    """Made-up arrays of 64-100-10 units: a table of classes, and no line for each unit."""
    generator, tested, epochs, taught = np.random.default_rng(1), 20, 3, 30
    n, examples = 174, 2 * tested + epochs * taught
    arrays = {
        "epoch/cost": generator.random(epochs), "epoch/accuracy": generator.random(epochs),
        "task/target": np.eye(10)[np.arange(50) % 10], "example/shown": np.r_[30:50, np.tile(np.arange(30), 3), 30:50],
        "example/event_rate": 10 * generator.random((n, examples)),
        "example/burst_rate": generator.random((n, examples)),
        "weight_mean/time": np.arange(4.0), "weight_mean/value": generator.random((4, 110)),
    }  # fmt: skip
    summary = {
        "experiment": "learn", "solved": False, "accuracy_before": 0.1, "accuracy_after": 0.5, "tested": tested,
        "taught": taught, "decision_threshold_Hz": 6.0,
    }  # fmt: skip
    config = {"parameters": {"layers": [64, 100, 10], "coding": "plain", "task": "digits"}}
    figure = learn.EXPERIMENT.plot(SimpleNamespace(arrays=arrays, summary=summary, config=config))
    tables = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert {table.shape for table in tables} >= {(10, 10), (174, 20)}
    (classes,) = (table for table in tables if table.shape == (10, 10))
    np.testing.assert_allclose(classes.sum(axis=1), 1)
    assert max(len(axes.lines) for axes in figure.axes) < 20
    assert figure.get_suptitle().endswith("digits, 64-100-10 units: test accuracy 50 % of 20 patterns")
    # Classes, and outputs that are no classes, by the names that the task has for them.
    digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    for k in (0, 1):
        arrays["task/target"][0, 1] = k
        named = SimpleNamespace(arrays=arrays, summary=summary, config=config | {"data": {"outputs": digits}})
        ticks = [[text.get_text() for text in axes.get_xticklabels()] for axes in learn.EXPERIMENT.plot(named).axes]
        assert digits in ticks
    assert learn.EXPERIMENT.plot_seeds([done.summary] * 2, 3).get_suptitle().startswith("learn: 0 of 3 seeds solved")


# ---- measures --------------------------------------------------------------------------------------------------------


def test_classes_are_answered_by_the_highest_output_and_others_by_every_side():
    rate = np.array([(7.0, 8.0), (9.0, 2.0), (3.0, 2.0)])
    target = np.array([(0, 1), (1, 0), (0, 1)])
    assert measures.is_one_hot(target)
    assert not measures.is_one_hot(target[:, :1])
    assert not measures.is_one_hot(np.array([(0, 0), (1, 0)]))
    assert measures.right(rate, target, 6, by_class=True).tolist() == [True, True, False]
    assert measures.right(rate, target, 6, by_class=False).tolist() == [False, True, False]
