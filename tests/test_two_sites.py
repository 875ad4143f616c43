"""Cells with two sites of integration: the rule is the gradient, sites apart learn XOR, mixed ones do not."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import Network, TimedArray, ms

from burstlab.analysis import two_sites as analysis
from burstlab.experiments import two_sites as experiment
from burstlab.experiments.contract.reference import compare
from burstlab.models.two_sites import two_sites

from .experiment_runs import cache, run_once
from .patience import LONG

__all__ = ["cache"]
HIDDEN = 4
SIZE = HIDDEN + 4


def network(inputs, target, mixing=0.0, beta=2.0, apical_hebb=0, steps=1, seed=3):
    """One network after `steps` presentations: its parts, and its weights before them."""
    brian2.defaultclock.dt = 1 * ms
    parts = two_sites(SIZE)
    cells, basal, apical = parts.cells, parts.basal, parts.apical
    cells.is_input[:3], cells.is_output[SIZE - 1] = 1, 1
    cells.channel[:3] = np.arange(3)
    cells.mixing, cells.beta, cells.apical_hebb = mixing, beta, apical_hebb
    hidden = np.arange(3, 3 + HIDDEN)
    basal.connect(i=np.r_[np.repeat(np.arange(3), HIDDEN), hidden, 2], j=np.r_[np.tile(hidden, 3), [SIZE - 1] * 5])
    apical.connect(i=np.full(HIDDEN, SIZE - 1), j=hidden)
    rng = np.random.default_rng(seed)
    basal.w = rng.uniform(-1, 1, len(basal))
    # The transpose of the hidden cells' weights onto the output, as backpropagation needs it.
    apical.v = basal.w[12:16]
    before = np.array(basal.w), np.array(apical.v)
    once = [[*inputs, 1.0]] * steps
    functions = {
        "given": TimedArray(once, dt=1 * ms),
        "target": TimedArray([float(target)] * steps, dt=1 * ms),
        "learning": TimedArray([1.0] * steps, dt=1 * ms),
    }
    Network(cells, basal, apical).run(steps * ms, namespace=functions)
    return parts, *before


def error(w, inputs, target):
    """Half the squared error of a network with the weights of `network`, written independently of it."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    hidden = sigmoid(np.array([*inputs, 1.0]) @ w[:12].reshape(3, HIDDEN))
    return 0.5 * (target - sigmoid(w[12:16] @ hidden + w[16])) ** 2


@pytest.mark.long
@pytest.mark.parametrize(("inputs", "target"), [((1, 0), 1), ((1, 1), 0), ((0, 1), 0)])
def test_with_sites_apart_the_change_is_the_gradient(inputs, target):
    parts, w, v = network(inputs, target, beta=0.7)
    h = 1e-6
    gradient = [
        (error(w + h * unit, inputs, target) - error(w - h * unit, inputs, target)) / (2 * h) for unit in np.eye(len(w))
    ]
    change = np.array(parts.basal.w) - w
    np.testing.assert_allclose(change, -0.7 * np.array(gradient), rtol=1e-6, atol=1e-12)
    assert np.count_nonzero(np.abs(change) > 1e-4) >= 9
    # The apical rule is the transpose of the basal one.
    np.testing.assert_allclose(np.array(parts.apical.v) - v, change[12:16], rtol=1e-12)


def test_weights_stay_transposed():
    parts, _, _ = network((1, 0), 1, steps=50)
    np.testing.assert_allclose(parts.apical.v[:], parts.basal.w[12:16], rtol=1e-12)


def test_half_mixed_is_one_site():
    parts, _, _ = network((1, 0), 1, mixing=0.5)
    np.testing.assert_array_equal(parts.cells.bursts[:], parts.cells.activity[:])
    assert parts.cells.bursts[SIZE - 1] > 0.1
    apart, _, _ = network((1, 0), 1, mixing=0.0)
    assert np.all(apart.cells.bursts[3:] != apart.cells.activity[3:])


def test_mixing_is_a_weighted_sum_of_the_sites():
    parts, _, _ = network((1, 1), 0, mixing=0.2)
    cells = parts.cells
    np.testing.assert_allclose(cells.activity[:], 0.8 * cells.A[:] + 0.2 * cells.D[:], rtol=1e-12)
    np.testing.assert_allclose(cells.bursts[:], 0.8 * cells.D[:] + 0.2 * cells.A[:], rtol=1e-12)
    # What comes down is what the output sends; v is as at the start while the sweep lasts.
    _, _, v = network((1, 1), 0, mixing=0.2)
    np.testing.assert_allclose(cells.apical[3:7], v * cells.bursts[SIZE - 1], rtol=1e-12)


def test_the_literal_apical_rule_only_raises_weights():
    parts, _, v = network((1, 0), 1, apical_hebb=1, steps=20)
    assert np.all(parts.apical.v[:] > v + 1)


def test_measures():
    response = np.array([[0.1, 0.9], [0.9, 0.9], [0.8, 0.2], [0.2, 0.1]])
    assert analysis.count_solved(response, (0, 1, 1, 0)) == 1
    np.testing.assert_allclose(analysis.errors(response[:, 0], np.array([0, 1, 1, 0])), [0.1, 0.1, 0.2, 0.2])
    np.testing.assert_array_equal(analysis.in_blocks(np.arange(7.0), 3), [1, 4])


@pytest.fixture(scope="module", params=LONG)
def result(cache):
    """The preset's run: the paper's 10 000 presentations."""
    return run_once("two_sites")


def test_apart_learns_and_mixed_does_not(result):
    summary = result.summary
    assert summary["n_runs"] == 10
    assert summary["without_mixing"]["mixing"] == 0
    assert summary["with_mixing"]["mixing"] == max(summary["mixing"]) > 0
    assert all(compared.agrees for compared in compare(summary, experiment.REFERENCES))
    # Both begin at chance, so it is learning that differs.
    assert all(abs(start - 0.5) < 0.1 for start in (summary["error_start"][0], summary["error_start"][-1]))


def test_responses_are_those_of_the_weights(result):
    arrays = result.arrays
    for k in (0, len(arrays["network/mixing"]) - 1):
        for run, w in enumerate(arrays["weights/w"][k]):
            for example, (inputs, target) in enumerate(zip(experiment.EXAMPLES, (0, 1, 1, 0), strict=True)):
                response = arrays["response/after"][k, example, run]
                # error() is half the square of the distance; weights are kept as float32
                assert error(w.astype(float), inputs, target) == pytest.approx((target - response) ** 2 / 2, abs=1e-5)


def test_apical_weights_become_the_transpose_of_the_basal_ones(result):
    w, v = result.arrays["weights/w"][0][:, 12:16], result.arrays["weights/v"][0]
    # Independent at the start, and equal changes since: what is left is the difference of two U(-1, 1).
    assert np.abs(w - v).max() <= 2
    assert np.abs(w).max() > 5
    assert np.corrcoef(w.ravel(), v.ravel())[0, 1] > 0.95


def test_examples_are_drawn_evenly_and_tests_are_in_order(result):
    config = experiment.PRESETS["paper"]
    shown = experiment.presented(config, 1)
    assert shown[:4].tolist() == shown[-4:].tolist() == [0, 1, 2, 3]
    counts = np.bincount(shown[4:-4])
    # 10 000 draws: 5 standard deviations of a binomial number
    assert np.all(np.abs(counts - 2500) < 5 * np.sqrt(10000 * 0.25 * 0.75))
