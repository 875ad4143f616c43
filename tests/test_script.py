"""burstlab script: the plain Brian2 script of an experiment is the same network, and burstlab is not in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from brian2 import Hz, ms, mV, pA, second
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import burstlab
from burstlab.equations.errors import ParameterError
from burstlab.experiments import run
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.cli import script_text as text
from burstlab.experiments.cli.script import write_script
from burstlab.experiments.cli.script_parts import parts
from burstlab.experiments.multiplexing.network import ROUTES
from burstlab.experiments.runs.plans import plan

from .experiment_runs import SHORT_LEARN, SHORT_XOR, cache, here, left_in, refused
from .patience import PATIENCE

__all__ = ["cache", "here"]


def ran(path, *wanted):
    """Run a script in an interpreter that has no burstlab; arrays of its names, {name: array}."""
    code = (
        "import sys, runpy, numpy\n"
        "sys.modules['burstlab'] = None\n"
        "import brian2; brian2.prefs.codegen.target = 'numpy'\n"
        f"found = {{**vars(brian2), **runpy.run_path({str(path)!r})}}\n"
        f"made = {{name: numpy.asarray(eval(name, found)) for name in {wanted}}}\n"
        f"numpy.savez({str(path.with_suffix('.out.npz'))!r}, **made)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=path.parent, capture_output=True, text=True, timeout=4 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return np.load(path.with_suffix(".out.npz"))


@pytest.mark.long
def test_current_steps_has_the_same_spikes_and_traces(tmp_path):
    currents = "0 pA, 0 pA, 0 pA, 0 pA, 600 pA, 800 pA"
    changes = {"tau_d": "9 ms", "dendritic_current": currents}
    (path,) = burstlab.script("current_steps", "paper", out=tmp_path / "steps.py", **changes)
    assert "burstlab" not in path.read_text().split('"""', 2)[2]
    ours = run("current_steps", "paper", backend="numpy", float_bits=64, out=tmp_path / "run", **changes)
    theirs = ran(path, "spikes.i", "spikes.t/second", "traces.v_d/volt", "cells_events.count", "cells_bursts.count")
    order = np.lexsort((theirs["spikes.i"], theirs["spikes.t/second"]))
    assert len(order) > 40
    assert np.array_equal(theirs["spikes.i"][order], ours.arrays["spikes/cell"])
    assert theirs["spikes.t/second"][order] == pytest.approx(ours.arrays["spikes/time"], abs=1e-12)
    assert theirs["traces.v_d/volt"] == pytest.approx(ours.arrays["trace/v_d"], abs=1e-9)
    for kind in ("event", "burst"):
        assert theirs[f"cells_{kind}s.count"].tolist() == ours.summary[f"{kind}_count"]


# Other random numbers. In a network as small as here, counts of one seed have a standard deviation of 6 %; the
# difference of two means over four seeds has one of some 4 %.
BAND = 0.15
SEEDS = (5, 6, 7, 8)


@pytest.mark.long
def test_multiplexing_has_the_same_rates(tmp_path):
    changes = {"n": "200", "n_pv": "50", "n_som": "50", "burn_in": "0.5 s", "measured": "1 s"}
    changes |= {f"p_{name}": "1" for name in ROUTES}
    counts = np.zeros((2, 4))
    for seed in SEEDS:
        path, beside = write_script("multiplexing", changes=changes, seed=seed, out=tmp_path / f"seed{seed}.py")
        assert beside == path.with_suffix(".npz")
        theirs = ran(path, "cells_spikes.i", "pv_spikes.i", "som_spikes.i")
        ours = run("multiplexing", seed=seed, backend="numpy", float_bits=64, out=tmp_path / f"run{seed}", **changes)
        rates = [float(np.mean(ours.arrays[f"bin/{name}_rate"])) * 50 * 1.5 for name in ("pv", "som")]
        counts[0] += [*_of_each(ours.arrays["spikes/cell"]), *rates]
        counts[1] += [*_of_each(theirs["cells_spikes.i"]), len(theirs["pv_spikes.i"]), len(theirs["som_spikes.i"])]
    assert counts.min() > 1000
    assert counts[1] == pytest.approx(counts[0], rel=BAND)


def _of_each(cells):
    return np.sum(cells < 200), np.sum(cells >= 200)


@pytest.mark.long
def test_xor_has_the_same_events_and_bursts(tmp_path):
    (path,) = write_script("xor", changes=SHORT_XOR, out=tmp_path / "xor.py")
    theirs = ran(path, "bins.events", "bins.bursts", "plastic.w")
    ours = run("xor", backend="numpy", float_bits=64, out=tmp_path / "run", **SHORT_XOR)
    for kind in ("event", "burst"):
        counts = theirs[f"bins.{kind}s"][:, -1]
        rates = ours.arrays[f"bin/{kind}_rate"].mean(axis=1) * ours.summary["simulated_s"] * 125
        assert counts.sum() > 1000
        assert counts.sum() == pytest.approx(rates.sum(), rel=BAND)
    w = ours.arrays["weights/w"]
    assert len(theirs["plastic.w"]) == pytest.approx(len(w), rel=0.03)
    assert theirs["plastic.w"].mean() == pytest.approx(w.mean(), rel=0.05)


def test_learn_has_the_same_synapses_and_weights(tmp_path):
    changes = SHORT_LEARN | {"reference": "given", "settling": "0.2 s", "plasticity": "off", "epochs": "0"}
    path, _ = write_script("learn", changes=changes, seed=3, out=tmp_path / "learn.py")
    kinds = ("plastic", "inhibition", "feedback_exc", "feedback_inh")
    theirs = ran(path, *(f"{kind}.{variable}" for kind in kinds for variable in "ij"), "plastic.w", "feedback_exc.w")
    ours = run("learn", backend="numpy", float_bits=64, seed=3, out=tmp_path / "run", **changes).arrays
    for kind in kinds:
        group = "weights" if kind == "plastic" else f"weights/{kind}"
        for variable, name in (("i", "source"), ("j", "target"), ("w", "w")):
            if f"{kind}.{variable}" in theirs:
                assert len(ours[f"{group}/{name}"]) > 200
                np.testing.assert_array_equal(theirs[f"{kind}.{variable}"], ours[f"{group}/{name}"])


POOLS = ("plasticity_network", "transfer")  # of Poisson sources that cells share


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, each in EXPERIMENTS.items() if each.compute is None])
def test_every_network_has_a_script_or_says_what_brian2_lacks(name, tmp_path):
    if name in POOLS:
        with pytest.raises(ParameterError, match=f"^{name}: .* is a PoissonPool, .*no plain script.*$"):
            write_script(name, out=tmp_path / "script.py")
        assert left_in(tmp_path) == []
        return
    path, *_ = write_script(name, out=tmp_path / "script.py")
    compile(path.read_text(), str(path), "exec")


DEEP = {"layers": "6,5,7,1", "task": "parity6", "cells_per_unit": "3,40,30,2", "inputs_per_unit": "2"}


class _Cells:
    """A group of which parts are taken."""

    def __getitem__(self, part):
        return part.start, part.stop


@pytest.mark.parametrize("changes", [{}, DEEP])
def test_units_of_a_layer_are_one_line_and_the_same_cells(changes):
    planned = plan("learn", "quick" if changes else "digits", backend="numpy", changes=changes)
    places = {
        name: ("cells", one.start, one.stop) for name, one in planned.experiment.populations(planned.config).items()
    }
    made = list(parts(places, {"cells"}))
    assert len(made) < 8 < len(places)
    found = {"cells": _Cells()}
    exec("\n".join(part.line for part in made), found)
    said = {place: name for part in made for place, name in part.names.items()}
    assert set(said) == set(places.values())
    assert [eval(name, found) for name in said.values()] == [(begin, end) for _, begin, end in said]
    # A name that is something else, and parts that lie as no list does, are as they were.
    assert all(" = [" not in part.line for part in parts(places, {each.line.split(" ")[0] for each in made}))
    uneven = {f"p{k}": ("cells", k * k, k * k + 1) for k in range(9)}
    assert [part.line for part in parts(uneven, set())][2] == "p2 = cells[4:5]"


@pytest.mark.parametrize("name", ["current_steps", "multiplexing", "xor", "learn"])
def test_lines_are_as_long_as_anybody_reads(name, tmp_path):
    path, *_ = write_script(name, out=tmp_path / "script.py")
    said = path.read_text()
    assert max(map(len, said.splitlines())) <= text.WIDTH
    compile(said, name, "exec")
    assert not re.search(r"where \w+ = \w+|tau_pre", said)


def test_populations_are_connected_as_anybody_would(tmp_path):
    path, _ = write_script("multiplexing", out=tmp_path / "script.py")
    said = path.read_text()
    assert "lower_to_upper = Synapses(\n    lower,\n    upper,\n" in said
    assert "lower_to_upper.connect(p=0.2)\nlower_to_upper.w = 0.05  # weight, lower to upper somata" in said
    assert "lower_to_upper_begin" not in said
    # Two pairs of populations: each cell has a range.
    assert 'within.connect(j="k for k in sample(within_begin_pre, within_end_pre, p=p)"' in said
    assert "pv.V_cut = 0*mV  # voltage that counts as a spike\n" in said
    assert "sampled stimuli\n" in said
    assert "--seed 1; any will do" in said


@given(
    st.lists(st.lists(st.integers(-99, 99), min_size=1, max_size=40), min_size=1, max_size=12),
    st.text("ab, ", max_size=40),
)
def test_a_line_in_several_is_the_same(rows, words):
    line = f'found = (np.array({rows}), "{words}", {len(rows)})  # a comment'
    lines = [*text.wrapped([line])]
    assert max(map(len, lines)) <= text.WIDTH
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(line))


# ---- texts -----------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 40)), min_size=1, max_size=8),
    st.integers(1, 60),
    st.booleans(),
)
def test_an_array_as_text_is_the_array(runs, repeated, columns):
    """Whatever is repeated in it; what has no short text says so."""
    block = np.concatenate([np.full(length, 1e-12 * value) for value, length in runs])
    values = np.concatenate([np.zeros(7), np.tile(block, repeated), np.ones(3) * 1e-12])
    if columns:
        values = np.stack([values, -values], axis=1)
    try:
        said = text.array(values, pA.dim)
    except text.NoShortTextError:
        return
    assert len(said) < 3000
    np.testing.assert_allclose(np.asarray(eval(said, {"np": np, "pA": pA})), values, rtol=1e-15, atol=0)


@given(arrays.arrays(float, st.integers(1, 30), elements=st.floats(-1e3, 1e3)))
def test_any_short_array_is_itself(values):
    try:
        said = text.array(values, (ms / ms).dim)
    except text.NoShortTextError:
        return
    np.testing.assert_allclose(np.broadcast_to(eval(said, {"np": np}), values.shape), values, rtol=1e-15, atol=0)


def test_noise_has_no_short_text():
    with pytest.raises(text.NoShortTextError):
        text.array(np.random.default_rng(1).normal(size=1000), mV.dim)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (7 * ms, "7*ms"),
        (30 * second, "30*second"),
        (-70 * mV, "-70*mV"),
        (1000 * pA * Hz, "1000*pA*Hz"),
        (0.1 * ms, "0.1*ms"),
    ],
)
def test_a_value_as_text(value, said):
    assert text.quantity(float(value), value.dim) == said


# ---- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_a_script_and_replaces_nothing(here, tmp_path):
    done = here("script", "current_steps", "--set", "tau_d=9 ms", "--out", "new/steps.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "new/steps.py\n", "")
    said = (tmp_path / "new" / "steps.py").read_text()
    assert "cells.tau_d = 9*ms  # dendritic membrane time constant" in said
    assert "burstlab run current_steps --preset quick --set 'tau_d=9 ms' --seed 1\n" in said
    (tmp_path / "current_steps.py").write_text("mine")
    assert "is there; take another name with --out" in refused(here("script", "current_steps"))
    assert (tmp_path / "current_steps.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "unknown experiment"),
        (("current_steps", "--set", "tau_dd=1 ms"), "did you mean tau_d?"),
        (("current_steps", "--out", "steps.txt"), "ends with .py"),
        (("current_steps", "--out", "/proc/nothing/steps.py"), "cannot write /proc/nothing/steps.py"),
        (("plasticity_network",), "is a PoissonPool, which Brian2 does not have"),
    ],
)
def test_what_is_refused(here, tmp_path, arguments, said):
    assert said in refused(here("script", *arguments))
    assert left_in(tmp_path) == []


def test_in_python(tmp_path):
    with pytest.raises(ParameterError, match=r"ends with \.py"):
        write_script("current_steps", out=tmp_path / "steps")
    assert os.listdir(tmp_path) == []
