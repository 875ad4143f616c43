"""Cost, windows and decision against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from burstlab.analysis import learning


def test_cross_entropy_by_hand():
    # (rate - 2)/(10 - 2) is 1/4 and 3/4.
    cost = learning.cross_entropy(np.array([4.0, 4.0, 8.0, 8.0]), np.array([1, 0, 1, 0]), 2, 10)
    np.testing.assert_allclose(cost, [np.log(4), np.log(4 / 3), np.log(4 / 3), np.log(4)], rtol=1e-12)


def test_halfway_is_chance():
    cost = learning.cross_entropy(np.array([6.0, 6.0]), np.array([0, 1]), 2, 10)
    np.testing.assert_allclose(cost, np.log(2), rtol=1e-12)


@pytest.mark.parametrize("rate", [-5.0, 0.0, 2.0])
def test_clipped_below(rate):
    cost = learning.cross_entropy(np.array([rate, rate]), np.array([0, 1]), 2, 10)
    np.testing.assert_allclose(cost, [-np.log(0.99), -np.log(0.01)], rtol=1e-12)


@pytest.mark.parametrize("rate", [10.0, 11.0, 500.0])
def test_clipped_above(rate):
    cost = learning.cross_entropy(np.array([rate, rate]), np.array([0, 1]), 2, 10)
    np.testing.assert_allclose(cost, [-np.log(0.01), -np.log(0.99)], rtol=1e-12)


def test_windows_are_means_of_their_bins(rng):
    values = rng.random((3, 40))
    found = learning.mean_in_windows(values, 0.1, np.array([0.0, 0.5, 3.0]), np.array([0.5, 1.0, 4.0]))
    wanted = np.stack([values[:, :5].mean(1), values[:, 5:10].mean(1), values[:, 30:].mean(1)], axis=1)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_bin_belongs_where_its_middle_is():
    values = np.arange(10.0)
    # 0.14 s lies before the middle of bin 1 (0.15 s), 0.16 s behind it.
    begin, end = np.array([0.14, 0.16]), np.array([0.5, 0.5])
    np.testing.assert_allclose(learning.mean_in_windows(values, 0.1, begin, end), [2.5, 3.0])


def test_neighbouring_windows_share_no_bin(rng):
    values, width = rng.random(1000), 0.1
    # Edges in the middle of bins, where rounding could count a bin twice or never.
    edges = width * (np.arange(0, 1000, 7) + 0.5)
    begin, end = edges[:-1], edges[1:]
    means = learning.mean_in_windows(values, width, begin, end)
    np.testing.assert_allclose(7 * means.sum(), values[: 7 * len(means)].sum(), rtol=1e-12)


@pytest.mark.parametrize(
    ("rates", "targets", "margin"),
    [
        ((3, 9, 9, 3), (0, 1, 1, 0), 3.0),
        ((3, 9, 6.5, 3), (0, 1, 1, 0), 0.5),
        ((3, 9, 9, 7), (0, 1, 1, 0), -1.0),
        ((3, 3, 3, 9), (0, 0, 0, 1), 3.0),
        ((3, 9, 9, 6), (0, 1, 1, 0), 0.0),
    ],
)
def test_margin_and_decision(rates, targets, margin):
    assert learning.margin(rates, targets, 6.0) == pytest.approx(margin)
    assert learning.solved(rates, targets, 6.0) is (margin > 0)


def test_no_rate_is_not_solved():
    assert not learning.solved((np.nan, 9, 9, 3), (0, 1, 1, 0), 6.0)
