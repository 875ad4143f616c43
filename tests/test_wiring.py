"""Wiring of `learn` as data: what is drawn, by the binomial distribution; and that every backend makes it."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Equations, NeuronGroup

from burstlab.experiments import learn, run
from burstlab.experiments.catalogue import configure
from burstlab.experiments.engine.key import cache_key
from burstlab.experiments.learning import wiring
from burstlab.experiments.runs.plans import plan
from burstlab.models import ParameterError, projection
from burstlab.models.network import build
from burstlab.models.tables import Block, Kind, Population, Projection, Tables

from .experiment_runs import SHORT_LEARN, cache, here, short_xor

__all__ = ["cache", "here"]

# Each pair with a probability of 0.08, below the one at which Brian2's backends sample in different ways.
SPARSE = SHORT_LEARN | {
    "cells_per_unit": "50", "inputs_per_unit": "4", "feedback": "random", "feedback_exc": "0.1",
    "feedback_inh": "0.1", "plasticity": "off", "epochs": "0",
}  # fmt: skip
KINDS = ("plastic", "inhibition", "feedback_exc", "feedback_inh")


def listed(values, kind):
    """Source, target and, where there are any, weight of each synapse of the lists of a run."""
    begin = values[f"given_{kind}_begin.values"].astype(int)
    names = [name for what in ("target", "w") if (name := f"given_{kind}_{what}.values") in values]
    return [np.repeat(np.arange(len(begin) - 1), np.diff(begin)), *(values[name][: begin[-1]] for name in names)]


# ---- on every backend ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("cpp", marks=pytest.mark.long), pytest.param("cython", marks=pytest.mark.long)]
)
def test_a_seed_has_the_same_wiring_on_every_backend(backend, tmp_path):
    """Index by index what numpy drew from it, with the weights that pairs of units were given."""
    values = learn.EXPERIMENT.values(configure(learn.EXPERIMENT, "quick", SPARSE), 3)
    found = run("learn", backend=backend, seed=3, out=tmp_path / "one", **SPARSE)
    assert found.status == "done"
    for kind in KINDS:
        source, target, *w = listed(values, kind)
        group = "weights" if kind == "plastic" else f"weights/{kind}"
        assert len(source) > 1000
        np.testing.assert_array_equal(found.arrays[f"{group}/source"], source, kind)
        np.testing.assert_array_equal(found.arrays[f"{group}/target"], target, kind)
        assert (len(w) == 1) == (kind != "inhibition")
        for each in w:
            np.testing.assert_array_equal(found.arrays[f"{group}/w"], each.astype(np.float32), kind)


def test_given_weights_take_the_place_of_drawn_ones_in_the_same_program(tmp_path):
    changes = SPARSE | {"epochs": "1", "plasticity": "on"}
    random = plan("learn", changes=changes, seed=3)
    lists = {kind: listed(random.experiment.values(random.config, 3), kind) for kind in KINDS}
    arrays = {}
    for kind, columns in lists.items():
        group = "weights" if kind == "plastic" else f"weights/{kind}"
        named = dict(zip(("source", "target", "w"), columns, strict=False))
        arrays |= {f"{group}/{name}": each.astype(float if name == "w" else int) for name, each in named.items()}
    np.savez(tmp_path / "given.npz", **arrays)
    given = plan("learn", changes=changes, seed=4, weights=tmp_path / "given.npz")
    keys = [cache_key(each.experiment, each.config, 32) for each in (random, given)]
    assert keys[0] == keys[1]
    other = learn.EXPERIMENT.values(given.config, 4)
    for kind, columns in lists.items():
        for ours, wanted in zip(listed(given.experiment.values(given.config, 4), kind), columns, strict=True):
            np.testing.assert_array_equal(ours, wanted)
        assert not np.array_equal(listed(other, kind)[1], columns[1])


@pytest.mark.long
def test_other_networks_connect_at_random_as_they_did():
    """By Brian2's own numbers, in another program than one for given weights."""
    planned = plan("xor", weights=short_xor().folder)
    assert planned.experiment.is_given
    assert not any(name.startswith("given_") for name in plan("xor").experiment.values(planned.config, 1))


# ---- what is drawn ---------------------------------------------------------------------------------------------------


def tables(p, layers=(400, 300, 2000)):
    """Two sources with densities of their own onto a population."""
    names, sizes = ("a", "b", "c"), layers
    return Tables(
        populations=[Population(name=name, size=size) for name, size in zip(names, sizes, strict=True)],
        projections=[
            Projection(kind="up", source=name, target="c", inputs=p[name] * size, weight=0.25 * (k + 1))
            for k, (name, size) in enumerate(zip(names[:2], sizes, strict=False))
        ],
    )


def kind(**more):
    return Kind(name="up", make=lambda source, target: projection(source, target, "g", name="up", **more), **more)


@pytest.mark.parametrize("p", [{"a": 0.02, "b": 0.05}, {"a": 0.3, "b": 0.9}])
def test_inputs_of_a_cell_are_binomial(p, rng):
    """Mean and variance over 2000 cells within four standard deviations of theirs; likewise synapses of a source."""
    source, target, w = listed(wiring.random_synapses(tables(p), [kind(own_weight=True)], rng), "up")
    pairs = source * 3000 + target
    assert (np.diff(pairs) > 0).all()  # in order, none twice
    assert target.min() >= 700
    for k, (name, first, last) in enumerate((("a", 0, 400), ("b", 400, 700))):
        mine = (source >= first) & (source < last)
        assert set(w[mine]) == {0.25 * (k + 1)}
        for counts, n in (
            (np.bincount(target[mine].astype(int) - 700, minlength=2000), last - first),
            (np.bincount(source[mine] - first, minlength=last - first), 2000),
        ):
            mean, variance, m = n * p[name], n * p[name] * (1 - p[name]), len(counts)
            assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / m))
            # A binomial distribution has an excess kurtosis of (1 - 6 p (1 - p)) / variance.
            kurtosis = (1 - 6 * p[name] * (1 - p[name])) / variance
            assert counts.var(ddof=1) == pytest.approx(variance, abs=4 * variance * np.sqrt((2 + kurtosis) / m))


def test_sources_are_drawn_independently(rng):
    """Pairs of sources share as many targets as chance has it."""
    source, target, *_ = listed(
        wiring.random_synapses(tables({"a": 0.2, "b": 0.2}), [kind(own_weight=True)], rng), "up"
    )
    there = np.zeros((700, 2000))
    there[source, target.astype(int) - 700] = 1
    shared = (there @ there.T)[np.triu_indices(700, 1)]
    assert shared.mean() == pytest.approx(2000 * 0.04, rel=0.01)
    # Of so many pairs, which are nearly independent, the SD is known to 1 in 700.
    assert shared.std() == pytest.approx(np.sqrt(2000 * 0.04 * 0.96), rel=0.02)


def test_none_or_all_where_the_table_says_so(rng):
    source, target, *_ = listed(wiring.random_synapses(tables({"a": 0, "b": 1}), [kind(own_weight=True)], rng), "up")
    assert np.array_equal(np.unique(source), np.arange(400, 700))
    assert len(target) == 300 * 2000


def test_a_block_has_room_for_as_many_synapses_as_its_rows():
    """Inputs of which sums of floats depend on their order."""
    names = [f"u{k}" for k in range(7)]
    blocks = [Block(kind="up", sources=names[:3], targets=names[3:], inputs=inputs) for inputs in (0.1, 0.7, 1 / 3)]
    populations = [Population(name=name, size=size) for name, size in zip(names, (3, 10, 7, 1, 13, 6, 11), strict=True)]
    for block in blocks:
        forms = [Tables(populations=populations, projections=rows) for rows in ([block], block.rows)]
        first, second = (wiring.most_synapses(form, "up") for form in forms)
        assert first == second > 14


def test_a_network_with_more_synapses_than_fit_is_drawn_again(monkeypatch):
    """The same one each time."""
    table, draws = tables({"a": 0.1, "b": 0.1}), []
    monkeypatch.setattr(wiring, "most_synapses", lambda tables, kind: 140_000)
    chosen = wiring._synapses
    monkeypatch.setattr(wiring, "_synapses", lambda *given: draws.append(chosen(*given)) or draws[-1])
    kinds = [kind(own_weight=True)]
    made = [wiring.random_synapses(table, kinds, np.random.default_rng(seed)) for seed in range(8) for _ in "ab"]
    assert len(draws) > 16
    assert max(len(source) for source, _ in draws) > 140_000
    for one, again in zip(made[::2], made[1::2], strict=True):
        assert len(listed(one, "up")[0]) <= 140_000
        np.testing.assert_array_equal(one["given_up_target.values"], again["given_up_target.values"])


def test_synapses_with_weights_are_not_connected_at_random():
    def cells(n, extra):
        return NeuronGroup(n, Equations("g : 1") + extra, threshold="False", namespace={}, name="cells")

    built = build(tables({"a": 0.1, "b": 0.1}), {"cells": cells}, [kind(own_weight=True)])
    with pytest.raises(ParameterError, match="kind up: synapses with a weight each are given one by one"):
        built.connect()
