"""Angles to the gradient: the gradient of the rate model against finite differences of its cost."""

from __future__ import annotations

import numpy as np
import pytest

from burstlab.analysis import gradient, learning

TARGET, E_MIN, E_MAX = (0, 1, 1, 0), 2.0, 10.0
INHIBITION = (
    gradient.Inhibition(np.array([1.0, 1, 2]), np.array([0.5, 0, 1, 1, 0])),
    gradient.Inhibition(np.array([1.0, 0, 0, 2, 3]), np.array([1.0, 0, 2, 0])),
)
# Of the excitatory drive, and of inhibition for each cell, in the hidden layer and in the output.
GAINS = (0.3, np.array([-0.01, -0.05, -0.02, 0.0, -0.03])), (0.2, np.array([-0.06, -0.01, -0.02, -0.03]))


def at_rest(weights, presynaptic, offset, gains, inhibition):
    """Rates at which a layer comes to rest under the inhibition that it drives itself."""
    g, k = gains
    driven = offset[:, None] + g * weights @ presynaptic + np.outer(k, inhibition.presynaptic @ presynaptic)
    return np.linalg.solve(np.eye(len(weights)) - np.outer(k, inhibition.own), driven)


def rates(inputs, hidden_weights, output_weights):
    """The rate model, each cell with its own offset and slope by inhibition."""
    hidden = at_rest(hidden_weights, inputs, np.array([1.0, 2, 3, 1.5, 2]), GAINS[0], INHIBITION[0])
    return inputs, hidden, at_rest(output_weights, hidden, np.array([4.0, 4.5, 5, 4]), GAINS[1], INHIBITION[1])


def slopes_of(weights, found):
    return gradient.gradients(*weights, found, TARGET, E_MIN, E_MAX, INHIBITION)


def cost(inputs, hidden_weights, output_weights):
    output = rates(inputs, hidden_weights, output_weights)[2]
    return learning.cross_entropy(output.mean(axis=0), TARGET, E_MIN, E_MAX).sum()


@pytest.fixture
def network(rng):
    inputs = np.array([[1.0, 8, 1, 8], [1, 1, 8, 8], [2, 6, 2, 6]])
    return inputs, rng.uniform(0, 1, (5, 3)), rng.uniform(0, 1, (4, 5))


def test_gains_are_found_whatever_the_offsets(network):
    inputs, *weights = network
    below, hidden, output = rates(inputs, *weights)
    for k, (pre, post) in enumerate(((below, hidden), (hidden, output))):
        excitatory, inhibitory = gradient.gains(weights[k], pre, post, INHIBITION[k])
        assert excitatory == pytest.approx(GAINS[k][0])
        assert inhibitory == pytest.approx(GAINS[k][1])


def test_gradient_is_that_of_finite_differences(network):
    inputs, *weights = network
    found = slopes_of(weights, rates(inputs, *weights))
    for layer, slopes in enumerate(found):
        for place in np.ndindex(weights[layer].shape):
            costs = []
            for step in (-1e-5, 1e-5):
                moved = [w.copy() for w in weights]
                moved[layer][place] += step
                costs.append(cost(inputs, *moved))
            assert slopes[place] == pytest.approx((costs[1] - costs[0]) / 2e-5, rel=1e-5, abs=1e-9)


def test_angle_of_descent_ascent_and_of_something_else(network):
    inputs, *weights = network
    slopes = slopes_of(weights, rates(inputs, *weights))[0]
    there = np.ones(slopes.shape, dtype=bool)
    assert gradient.angle_to_descent(-0.1 * slopes, slopes, there) == pytest.approx(0, abs=1e-5)
    assert gradient.angle_to_descent(0.1 * slopes, slopes, there) == pytest.approx(180, abs=1e-5)
    across = np.zeros(slopes.shape)
    across.flat[:2] = slopes.flat[1], -slopes.flat[0]
    assert gradient.angle_to_descent(across, slopes, there) == pytest.approx(90)
    assert np.isnan(gradient.angle_to_descent(0 * slopes, slopes, there))


def test_a_step_of_descent_lowers_the_cost(network):
    inputs, *weights = network
    slopes = slopes_of(weights, rates(inputs, *weights))
    moved = [w - 1e-3 * slope for w, slope in zip(weights, slopes, strict=True)]
    assert cost(inputs, *moved) < cost(inputs, *weights)


def test_an_output_beyond_the_clip_has_no_gradient(network):
    inputs, *weights = network
    silent = (*rates(inputs, *weights)[:2], np.ones((4, 4)))
    assert not np.any(slopes_of(weights, silent)[0])


def test_rates_of_cells_and_matrix_count_what_is_theirs():
    cell, time = np.array([0, 2, 2, 1]), np.array([0.1, 0.2, 0.9, 1.0])
    found = gradient.rates_of_cells(cell, time, 3, [0.0, 0.5], [0.5, 1.0])
    assert found.tolist() == [[2, 0], [0, 0], [2, 2]]
    source, target, weight = np.array([0, 1, 1, 3]), np.array([2, 2, 2, 3]), np.array([0.5, 0.2, 0.3, 9.0])
    assert gradient.matrix(source, target, weight, slice(2, 4), slice(0, 2)) == pytest.approx(
        np.array([[0.5, 0.5], [0, 0]])
    )
