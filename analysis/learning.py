"""Cost and decision of a classification task, and rates in windows of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from . import bursts

# The cost sees no output nearer to 0 or 1 than this.
CLIP = 0.01


def decoded(rate: np.ndarray, e_min: float, e_max: float) -> np.ndarray:
    """What an output rate says: from 0 at `e_min` to 1 at `e_max` (Hz), clipped to [`CLIP`, 1 - `CLIP`]."""
    return np.clip((np.asarray(rate, dtype=float) - e_min) / (e_max - e_min), CLIP, 1 - CLIP)


def cross_entropy(rate: np.ndarray, target: np.ndarray, e_min: float, e_max: float) -> np.ndarray:
    """Cost of examples from the output's event rate (Payeur et al. 2021, Fig 4).

    Parameters
    ----------
    rate : array, shape (n,)
        Mean of E_bar over the output population at the end of the prediction, in Hz.
    target : array of 0 and 1, shape (n,)
    e_min, e_max : float
        Rates (Hz) that stand for 0 and 1; in between linear, clipped to [0.01, 0.99] (`CLIP`).

    Returns
    -------
    array, shape (n,)
        Cross-entropy in nats; 0.69 is chance.
    """
    p = decoded(rate, e_min, e_max)
    target = np.asarray(target)
    return -(target * np.log(p) + (1 - target) * np.log(1 - p))


def mean_in_windows(values: np.ndarray, width: float, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Mean of binned values over windows of time.

    Parameters
    ----------
    values : array, shape (..., bins)
        A value for each bin of `width` s; bin 0 begins at time 0.
    begin, end : array, shape (windows,)
        In s; a bin belongs to a window if its middle does.

    Returns
    -------
    array, shape (..., windows)
    """
    total = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
    # A middle at (k + 1/2) width lies in the window for k from first to last - 1; the 1e-6 absorbs rounding.
    first, last = (np.ceil(np.asarray(edge) / width - 0.5 - 1e-6).astype(int) for edge in (begin, end))
    return (total[..., last] - total[..., first]) / (last - first)


def burst_probability(
    event_rate: np.ndarray,
    burst_rate: np.ndarray,
    width: float,
    begin: np.ndarray,
    end: np.ndarray,
    target: np.ndarray,
) -> np.ndarray:
    """Burst probability in windows of time, over those of target 0 and of target 1.

    Parameters
    ----------
    event_rate, burst_rate : array, shape (populations, bins)
        In bins of `width` s.
    begin, end : array, shape (windows,)
        In s.
    target : array of 0 and 1, shape (windows,)

    Returns
    -------
    array, shape (populations, 2)
        Bursts per event; NaN without events.
    """
    means = [mean_in_windows(rate, width, begin, end) for rate in (burst_rate, event_rate)]
    sums = [[mean[:, target == wanted].sum(axis=1) for wanted in (0, 1)] for mean in means]
    return bursts.burst_probability(np.array(sums[0]), np.array(sums[1])).T


def fano(counts: np.ndarray, width: float, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Variance of counts in bins over their mean, in each window of time: 1 if cells fire independently of each other.

    Parameters
    ----------
    counts : array, shape (..., bins)
        In bins of `width` s.
    begin, end : array, shape (windows,)
        In s.

    Returns
    -------
    array, shape (..., windows)
        NaN where nothing was counted.
    """
    mean, square = (mean_in_windows(counts**power, width, begin, end) for power in (1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (square - mean**2) / mean


def side_margins(rate: ArrayLike, target: ArrayLike, threshold: float) -> np.ndarray:
    """How far (Hz) each rate lies on its side of the threshold; negative on the wrong one."""
    return (np.asarray(rate) - threshold) * np.where(np.asarray(target) == 1, 1, -1)


def margin(rate: ArrayLike, target: ArrayLike, threshold: float) -> float:
    """The smallest of `side_margins`."""
    return float(side_margins(rate, target, threshold).min())


def solved(rate: ArrayLike, target: ArrayLike, threshold: float) -> bool:
    """Whether every rate is on its side of the threshold."""
    return bool(np.all(side_margins(rate, target, threshold) > 0))


def is_one_hot(targets: np.ndarray) -> bool:
    """Whether targets by pattern and output are classes: two outputs or more, of which one is to say 1 to a pattern."""
    return bool(targets.shape[1] > 1 and np.all(targets.sum(axis=1) == 1))


def right(rate: np.ndarray, target: np.ndarray, threshold: float, by_class: bool) -> np.ndarray:
    """Which examples are answered right.

    Parameters
    ----------
    rate, target : array, shape (examples, outputs)
        Event rates of the outputs in Hz, and what they are to say, 0 or 1.
    threshold : float
        Between the rates of both, Hz.
    by_class : bool
        Whether the highest output is the answer; otherwise every output has to be on its side of the threshold.

    Returns
    -------
    array of bool, shape (examples,)
    """
    if by_class:
        return rate.argmax(axis=1) == target.argmax(axis=1)
    return np.all((rate > threshold) == (target == 1), axis=1)
