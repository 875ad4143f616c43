"""Burst signals beside gradients: made-up units that are told something known, and read-outs of known accuracy."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from burstlab.analysis import credit, credit_figures
from burstlab.analysis.figures import canvas
from burstlab.analysis.gradient import matrix
from burstlab.experiments.learning.credit import fields


def test_units_that_burst_with_their_gradient_are_found(rng):
    """Half of the units follow it, a quarter its opposite, and a quarter something else."""
    targets = np.eye(5)[rng.integers(0, 5, 600)]
    weights = rng.random((40, 5))
    goal = credit.wanted(weights, targets)
    told = np.concatenate([goal[:20], -goal[20:30], rng.permuted(goal[30:], axis=1)])
    events = rng.uniform(2, 8, (40, 600))
    bursts = (0.4 + 0.1 * told) * events
    found = credit.agreement(credit.burst_signal(events, bursts), goal)
    assert found[:20].min() > 0.8
    assert found[20:30].max() < -0.8
    # Of 600 examples that are independent a correlation has an SD of 0.04.
    assert np.abs(found[30:]).max() < 0.2


def test_agreement_of_each_epoch_is_that_of_its_examples(rng):
    """Told something else in the first of three epochs, and their gradient from then on."""
    goal = rng.standard_normal((8, 900))
    told = np.concatenate([rng.standard_normal((8, 300)), goal[:, 300:]], axis=1)
    events = rng.uniform(2, 8, (8, 900))
    mean, of_sign = credit.agreement_by_epoch(events, (0.4 + 0.05 * told) * events, goal, 3)
    # Eight correlations over 300 examples each have a mean with an SD of 0.02.
    assert abs(mean[0]) < 0.08
    assert mean[1:].min() > 0.8
    assert of_sign[1:].tolist() == [1, 1]


def test_bursts_of_the_gradient_s_sign_are_found_at_their_time_and_where_they_are(rng):
    """Bursts follow the sign of the gradient in the last of three steps, by 0.1 after one kind of examples alone."""
    goal, chosen = rng.standard_normal((6, 4000)), rng.random(4000) < 0.5
    events = rng.uniform(3, 6, (6, 4000, 3))
    p = np.full((6, 4000, 3), 0.4)
    p[..., 2] += 0.1 * np.sign(goal) * chosen
    for told, wanted in ((chosen, 0.1), (~chosen, 0)):
        found = credit.course(events, p * events, goal, told)
        np.testing.assert_allclose(found[:2], 0, atol=1e-9)
        # The mean over examples of a unit is no longer 0.4 exactly: signs are not in balance.
        assert abs(found[2] - wanted) < 0.005
    assert credit.course(0 * events, 0 * events, goal, chosen).tolist() == [0, 0, 0]


def test_a_rate_alone_is_no_burst_signal(rng):
    """At one burst probability nothing is left, however rates differ; silent units agree with nothing."""
    events = np.concatenate([rng.uniform(0, 10, (3, 50)), np.zeros((1, 50))])
    signal = credit.burst_signal(events, 0.3 * events)
    np.testing.assert_allclose(signal, 0, atol=1e-12)
    assert credit.agreement(np.zeros((4, 50)), events).tolist() == [0] * 4


def test_the_gradient_is_that_of_the_cost(rng):
    """Finite differences of a cross-entropy of outputs that are all alike at first, by the rates of hidden units."""
    weights, targets = rng.random((6, 3)), np.eye(3)[rng.integers(0, 3, 30)]
    share = targets.mean(axis=0)

    def cost(rates):
        potential = np.log(share) + rates.T @ weights
        return -np.sum(targets * (potential - np.log(np.exp(potential).sum(axis=1, keepdims=True))))

    step, rates = 1e-6, np.zeros((6, 30))
    for unit, example in ((0, 0), (3, 7), (5, 29)):
        up = rates.copy()
        up[unit, example] = step
        change = (cost(rates) - cost(up)) / step
        np.testing.assert_allclose(change, credit.wanted(weights, targets)[unit, example], rtol=1e-4)


def test_weights_of_pairs_are_sums_over_cells(rng):
    unit = np.repeat(np.arange(4), 3)
    source, target, w = rng.integers(0, 12, 200), rng.integers(0, 12, 200), rng.random(200)
    cells = matrix(source, target, w, slice(0, 12), slice(0, 12))
    by_units = cells.reshape(4, 3, 4, 3).sum(axis=(1, 3)).T
    np.testing.assert_allclose(credit.pair_weights(source, target, w, unit), by_units)


def test_a_read_out_finds_classes_that_are_there_and_no_others(rng):
    classes = np.arange(400) % 4
    rates = rng.random((10, 400)) + 2 * np.eye(4)[classes].T.repeat([3, 3, 2, 2], axis=0)
    asked = np.arange(4).repeat(25)
    new = rng.random((10, 100)) + 2 * np.eye(4)[asked].T.repeat([3, 3, 2, 2], axis=0)
    assert np.mean(credit.read_out(rates, classes, new) == asked) == 1
    chance = np.mean(credit.read_out(rng.random((10, 400)), classes, rng.random((10, 100))) == asked)
    # A quarter of 100 answers, with four standard deviations.
    assert chance < 0.25 + 4 * 0.044


def test_a_field_is_what_a_cell_hears_of_each_input(rng):
    """Cell by cell, on less off where inputs are pairs; its array is none of those that make a network."""
    unit = np.repeat(np.arange(7), [3, 3, 3, 3, 2, 5, 4])  # two pairs, two hidden units, one output
    cells = np.triu(rng.random((len(unit), len(unit))))
    source, target = np.indices(cells.shape).reshape(2, -1)
    found = SimpleNamespace(weights=credit.pair_weights(source, target, cells.ravel(), unit))
    tables = SimpleNamespace(numbers=lambda group: unit)
    heard = np.array([[cells[unit == k][:, unit == j].sum(axis=0).mean() for k in range(4)] for j in (4, 5)])
    for coding, wanted in (("plain", heard), ("pairs", heard[:, ::2] - heard[:, 1::2])):
        made = fields(found, SimpleNamespace(units=(4, 2, 1), coding=coding), tables)
        (name,) = made
        assert not name.startswith("weights/")
        np.testing.assert_allclose(made[name].values, wanted)
        figure = canvas(3, 3)
        credit_figures.fields(figure, figure.add_gridspec(1, 1)[0, 0], made[name].values, pairs=coding == "pairs")
        labels = {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel()) if "weight" in text}
        assert labels == {"weight of a cell from an input" + (", on less off" if coding == "pairs" else "")}
