"""Tasks as arrays: what is refused, and other ones than XOR through schedule, teacher, cost, results and figures."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from brian2 import ms, second

from burstlab.analysis import learning as measures
from burstlab.analysis.overlays import Run
from burstlab.experiments import xor, xor_full
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.in_process import simulate_here
from burstlab.experiments.experiment import analysed
from burstlab.experiments.learning.experiment import learning
from burstlab.experiments.learning.schedule import channels, presented, schedule, shown_targets
from burstlab.experiments.learning.task import XOR, Task
from burstlab.models import ParameterError, plastic_projection

from .conformance import check_conformance
from .patience import PATIENCE

PAGE = (Path(__file__).parent.parent / "docs" / "extending" / "task.md").read_text()
BITS = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
# Two outputs: the parity of three bits, and whether most of them are on.
TWO = Task(patterns=BITS, targets=[(sum(bits) % 2, sum(bits) > 1) for bits in BITS], order=[7, 6, 5, 4, 3, 2, 1, 0])
SHORT = {
    "n": 125, "inputs_per_cell": 50, "dt": 1 * ms, "example_duration": 0.2 * second, "settling": 0.2 * second,
    "prediction": 0.5, "epochs": 1,
}  # fmt: skip


def two_outputs():
    return learning(TWO, xor.NETWORK, name="two", meaning="parity and majority", presets={"short": SHORT})


# ---- the arrays ------------------------------------------------------------------------------------------------------


def test_xor_is_four_patterns():
    assert XOR.names == ("00", "10", "01", "11")
    assert XOR.labels == ("(0,0)", "(1,0)", "(0,1)", "(1,1)")
    assert (XOR.n_patterns, XOR.n_inputs, XOR.n_outputs) == (4, 2, 1)
    assert Task(patterns=np.array(XOR.patterns), targets=np.array(XOR.targets)) == XOR


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"patterns": [(0, 1), (1,)]}, "patterns: rows of equal length"),
        ({"patterns": [(0, 2), (1, 0)]}, "patterns: rows of numbers from 0 to 1"),
        ({"patterns": []}, "patterns: rows of numbers from 0 to 1"),
        ({"targets": (0, 1, 1)}, "targets: 3 rows, 4 are needed"),
        ({"targets": (0, 1, 1, 0.5)}, "targets: rows of 0 and 1"),
        ({"order": (0, 1, 2, 2)}, "each pattern from 0 to 3 is needed once"),
        ({"names": ("a", "b", "c", "c")}, "names = a, b, c, c: 4 different words"),
        ({"names": ("a", "b", "c", "epochs")}, "different words"),
        ({"patterns": [(0, 0), (0, 0), (0, 1), (1, 1)]}, "names = 00, 00"),
    ],
)
def test_what_is_no_task_is_refused_where_it_is_made(changes, said):
    with pytest.raises(ParameterError, match=re.escape(said)) as refused:
        Task(**{"patterns": XOR.patterns, "targets": XOR.targets} | changes)
    assert "\n" not in str(refused.value)


# ---- schedule and teacher --------------------------------------------------------------------------------------------


def test_epochs_show_the_patterns_in_the_task_s_order_and_tests_as_they_are_numbered():
    (config,) = two_outputs().presets.values()
    shown = presented(config, 1).reshape(-1, 8)
    np.testing.assert_array_equal(shown, [range(8), TWO.order, range(8)])
    np.testing.assert_array_equal(shown_targets(config, 1), np.array(TWO.targets)[shown.ravel()])


def test_every_input_and_every_output_has_a_column_of_its_own():
    (config,) = two_outputs().presets.values()
    assert channels(TWO) == {"input": [0, 1, 2], "hidden": [3], "output": [4, 5]}
    given = schedule(config, 1)
    ticks = round(0.2 / (config.tick_steps * 1e-3))
    for name, columns, wanted in (
        ("input_current", slice(3), np.where(BITS, float(config.I_input_high), float(config.I_input_low))),
        ("target", slice(4, 6), np.array(TWO.targets)),
    ):
        values = given[f"{name}.values"][ticks:-1]  # settling is as long as an example
        np.testing.assert_array_equal(values[: 8 * ticks : ticks, columns], wanted)
        np.testing.assert_array_equal(values[8 * ticks : 16 * ticks : ticks, columns], wanted[::-1])
    cells = two_outputs().values(config, 1)
    populations = two_outputs().populations(config)
    assert list(populations) == ["input1", "input2", "input3", "hidden1", "hidden2", "output1", "output2"]
    first = [population.start for population in populations.values()]
    np.testing.assert_array_equal(cells["cells.channel"][first], [0, 1, 2, 3, 3, 4, 5])
    np.testing.assert_array_equal(cells["cells.is_output"][first], [0, 0, 0, 0, 0, 1, 1])


def test_shuffled_targets_are_as_many_of_each_output():
    task = learning(TWO, xor.NETWORK, name="two", meaning="two", presets={"short": SHORT | {"epochs": 3}})
    (config,) = task.presets.values()
    plain, shuffled = (
        schedule(type(config)(**SHORT | {"epochs": 3, "teaching": kind}), 1)["target.values"]
        for kind in ("two_phase", "shuffled")
    )
    np.testing.assert_array_equal(plain.sum(axis=0), shuffled.sum(axis=0))
    assert np.any(plain != shuffled)


@pytest.mark.parametrize("network", [xor.NETWORK, xor_full.NETWORK], ids=["xor", "xor_full"])
def test_a_task_with_two_outputs_conforms(network):
    check_conformance(learning(TWO, network, name="two", meaning="parity and majority"))


def test_presets_say_what_differs_by_the_names_of_the_command_line():
    task = learning(TWO, xor.NETWORK, name="two", meaning="two", presets={"short": {"tau_avg": "0.5 s", "n": 130}})
    config = task.presets["short"]
    assert float(config.rule.tau_avg) == 0.5
    assert (config.n, config.targets) == (130, tuple(bit for row in TWO.targets for bit in row))
    with pytest.raises(ParameterError, match="unknown parameter 'tau_avgs', did you mean tau_avg"):
        learning(TWO, xor.NETWORK, name="two", meaning="two", presets={"short": {"tau_avgs": 1}})


def _without(what):
    """A change of xor's tables: without some populations, and without what leads to or from them."""

    def tables(config):
        whole = xor.tables(config)
        gone = {one.name for one in whole.populations if what in (one.name, one.layer)}
        return replace(
            whole,
            populations=[one for one in whole.populations if one.name not in gone],
            projections=[row for row in whole.projections if not {row.source, row.target} & gone],
            background=[],
        )

    return tables


def _frozen(config):
    whole = xor.tables(config)
    return replace(whole, projections=[row for row in whole.projections if row.target != "hidden2"])


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (_without("input2"), "the network has 1 input populations, the task needs 2"),
        (_without("hidden"), "the layers of the network are input, output; input, hidden, output are needed"),
        (_frozen, "projections plastic: they must lead to all hidden and output populations"),
    ],
)
def test_a_network_that_does_not_fit_the_task_is_refused(tables, said):
    with pytest.raises(ParameterError, match=said):
        learning(XOR, replace(xor.NETWORK, tables=tables), name="other", meaning="another network")


def test_a_task_of_one_input_has_it_without_a_number():
    one = learning(Task(patterns=(0, 1), targets=(1, 0)), xor.NETWORK, name="not_", meaning="not")
    assert list(one.populations(one.presets["default"])) == ["input", "hidden1", "hidden2", "output"]


# ---- runs ------------------------------------------------------------------------------------------------------------


class _Run:
    """What the figures read of a run."""

    def __init__(self, experiment, arrays, summary):
        self.arrays, self.config = arrays, {}
        self.summary = {"experiment": experiment.name} | summary


def simulated(experiment, **changes):
    (preset,) = experiment.presets.values()
    config = type(preset)(**SHORT | changes)
    raw = simulate_here(experiment, config, 1, "numpy", 32).raw
    found = analysed(experiment, config, raw, 1)
    assert found.divergence is None
    arrays = {name: array.values for name, array in found.arrays.items()}
    for name, array in found.arrays.items():
        assert array.values.ndim == len(array.dims), name
    return config, _Run(experiment, arrays, found.summary)


@pytest.fixture(scope="module")
def two():
    """A run of two outputs and eight patterns, 5 s of it."""
    return simulated(two_outputs())


def test_two_outputs_are_taught_what_each_is_to_say(two):
    _, run = two
    assert run.arrays["bin/event_rate"].shape[0] == 7
    assert run.arrays["example/shown"].tolist() == [*range(8), *TWO.order, *range(8)]
    assert run.arrays["bin/teaching_current"].any()
    assert len(run.arrays["epoch/cost"]) == 1
    assert set(run.summary["final_mean_weight"]) == {"hidden1", "hidden2", "output1", "output2"}


def test_costs_and_rates_are_those_of_both_outputs(two):
    _, run = two
    arrays, summary = run.arrays, run.summary
    at_end = np.searchsorted(arrays["bin/time"], arrays["example/begin"] + 0.1 - 1e-9)
    target = np.array(TWO.targets)[arrays["example/shown"]]
    wanted = sum(measures.cross_entropy(arrays["bin/E_bar"][5 + k, at_end], target[:, k], 2, 10) for k in (0, 1))
    np.testing.assert_allclose(arrays["example/cost"], wanted)
    assert summary["epoch_cost"] == pytest.approx([wanted[8:16].sum()])
    np.testing.assert_array_equal(summary["event_rate_after_Hz"], arrays["example/event_rate"][5:, -8:].T.ravel())
    assert summary["targets"] == [bit for row in TWO.targets for bit in row]
    assert summary["solved"] == measures.solved(summary["event_rate_after_Hz"], summary["targets"], 6)


def test_figures_of_two_outputs(two):
    _, run = two
    experiment = two_outputs()
    figure = experiment.plot(run)
    assert [len(axes.get_legend().get_texts()) for axes in figure.axes[:6:2]] == [3, 2, 2]
    assert [text.get_text() for text in figure.axes[4].texts] == [
        f"{label} → {a}{b}" for label, (a, b) in zip(TWO.labels, TWO.targets, strict=True)
    ]
    assert len(experiment.plot_seeds([run.summary] * 2, 2).axes[1].get_xticks()) == 8
    overlaid = experiment.overlay([_overlaid(run, label) for label in ("a", "b")])
    assert len(overlaid.axes[1].lines) == 2 * 2 + 2  # outputs and threshold of each run


def _overlaid(run, label):
    from burstlab.analysis.overlays import Run

    return Run(label=label, arrays=run.arrays, summary=run.summary)


def test_patterns_alone_are_answered():
    config, run = simulated(two_outputs(), inputs=("011", "111", "000"))
    assert run.summary["targets"] == [0, 1, 1, 1, 0, 0]
    assert len(run.summary["output_event_rate_Hz"]) == 6
    assert two_outputs().plot(run).axes
    assert structure(config).n_examples == 3


def _own_rates(config, rule):
    """The kinds of xor with a learning rate for each plastic projection."""

    def plastic(source, target):
        return plastic_projection(source, target, rule, name="plastic", own_eta=True)

    first, *rest = xor.kinds(config, rule)
    return [replace(first, make=plastic, eta="", own_eta=True), *rest]


def _deaf_to_input1(config):
    tables = xor.tables(config)
    rows = [replace(row, eta=0) if row.source == "input1" else row for row in tables.projections]
    return replace(tables, projections=rows)


@pytest.mark.long
def test_projections_onto_the_same_cells_may_learn_at_other_rates():
    network = replace(xor.NETWORK, kinds=_own_rates, tables=_deaf_to_input1)
    own = learning(XOR, network, name="own", meaning="input1 teaches nothing", presets={"short": SHORT})
    plain = learning(XOR, xor.NETWORK, name="plain", meaning="xor", presets={"short": SHORT})
    ours, theirs = (simulated(each)[1].arrays for each in (own, plain))
    n, start = SHORT["n"], np.float32(0.234)
    for arrays, is_deaf in ((ours, True), (theirs, False)):
        moved = arrays["weights/w"] != start
        source, target = (arrays[f"weights/{end}"] // n for end in ("source", "target"))
        assert np.mean(moved[source == 0]) == 0 if is_deaf else np.mean(moved[source == 0]) > 0.1
        for route in ((1, 2), (1, 3), (2, 4), (3, 4)):
            assert np.mean(moved[(source == route[0]) & (target == route[1])]) > 0.1, route


# ---- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_page_s_file_is_a_task_anywhere(tmp_path):
    """Three inputs, eight patterns: from the file through schedule, teacher, cost, results and figures."""
    (text,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(text.splitlines()) <= 30
    (tmp_path / "parity.py").write_text(text)
    (tmp_path / "check.py").write_text(CHECK)
    done = subprocess.run(
        [sys.executable, "check.py"], cwd=tmp_path, capture_output=True, text=True, timeout=10 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-3:] == ["8", "parity", "done"]


CHECK = """
from types import SimpleNamespace

from burstlab.experiments.experiment import analysed
from burstlab.experiments.engine.in_process import simulate_here
from burstlab.models.parameters import with_changes
from parity import EXPERIMENT

short = {"n": "125", "inputs_per_cell": "50", "dt": "1 ms", "example_duration": "0.2 s", "settling": "0.2 s",
         "prediction": "0.5", "epochs": "1"}
config = with_changes(EXPERIMENT.presets["quick"], short)
found = analysed(EXPERIMENT, config, simulate_here(EXPERIMENT, config, 1, "numpy", 32).raw, 1)
assert found.divergence is None, found.divergence
arrays = {name: array.values for name, array in found.arrays.items()}
summary = {"experiment": EXPERIMENT.name, **found.summary}
EXPERIMENT.plot(SimpleNamespace(arrays=arrays, summary=summary, config={})).savefig("figure.png")
print(len(summary["event_rate_after_Hz"]), EXPERIMENT.name, "done")
"""


def test_figures_of_a_task_with_a_test_part_have_the_targets_of_its_tests():
    """Tests show the last patterns, epochs the others: "(1,1,0) → 01" is at the outputs in a test alone."""
    n_train = 6
    task = Task(patterns=BITS, targets=TWO.targets, n_train=n_train)
    parts = learning(task, xor.NETWORK, name="parts", meaning="two parts", presets={"short": SHORT | {"epochs": 2}})
    (config,) = parts.presets.values()
    raw = simulate_here(parts, config, 1, "numpy", 32).raw
    whole = parts.analyse(config, raw, 1)
    cut = {name: values[:-1] if len(values) == len(raw["events"]) else values for name, values in raw.items()}
    tested = [f"({','.join(map(str, bits))}) → {sum(bits) % 2}{int(sum(bits) > 1)}" for bits in BITS[n_train:]]
    for found, texts in ((whole, [tested, tested]), (parts.so_far(parts.analyse, config, cut, 1), [tested, []])):
        about = {"experiment": "parts", "preset": "short", "seed": 1}
        arrays = {name: array.values for name, array in found.arrays.items()}
        figure = parts.plot(SimpleNamespace(arrays=arrays, summary=about | found.summary))
        outputs = [axes for axes in figure.axes if axes.get_title(loc="left").startswith("Output")]
        said = [[text.get_text().replace("\n", " ") for text in axes.texts] for axes in outputs]
        assert [[text for text in each if "→" in text] for each in said] == texts
        (cost,) = (axes for axes in figure.axes if axes.get_title(loc="left").startswith("Cost"))
        chance = n_train * 2 * np.log(2)
        assert any(np.allclose(line.get_ydata(), chance) for line in cost.lines)
    run = Run(label="a", arrays={name: array.values for name, array in whole.arrays.items()}, summary=whole.summary)
    panels = {axes.get_title(loc="left"): axes for axes in parts.overlay([run, replace(run, label="b")]).axes}
    output = panels["Output, last test"]
    assert [text.get_text() for text in output.get_xticklabels()] == [text.partition(" ")[0] for text in tested]
    dots = [
        line.get_ydata() for line in output.lines if len(line.get_xdata()) == len(tested) and line.get_marker() in "os"
    ]
    np.testing.assert_allclose(np.ravel(np.array(dots)[:2], order="F"), whole.summary["event_rate_after_Hz"])
    figure = parts.plot_seeds([about | whole.summary] * 2, 2)
    assert [text.get_text().replace("\n", " ") for text in figure.axes[1].get_xticklabels()] == tested
