"""Indices of sensitivity from the outputs of a design, with intervals, and the share of variance that is the seed's.

With chance as one more input X0 of a model Y(X1, ..., Xn, X0), the law of total variance says
Var(Y) = Var(E[Y|X1..Xn]) + E[Var(Y|X1..Xn)]; the last term is the seed's share of it. It is estimated by the mean, over
the first points of blocks, of the variance over seeds (with one degree of freedom less).

First-order and total indices are SALib's estimators (Saltelli et al. 2010; Jansen 1999). Runs have seeds of their own,
so a total index as it is estimated holds the seed's share too; that is subtracted here: what is given for a parameter
is its own. Elementary effects are SALib's, for a step over the whole range; the mean of their absolute values does not
fall below what the seed alone makes of it, sqrt(4/pi) times its standard deviation over the step, which is given beside
them.

Intervals are those between the 2.5 and 97.5 percentiles over samples, with replacement, of whole blocks; of `morris`,
SALib's.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .designs import MORRIS_LEVELS, Design, problem_of, salib
from .ranges import Range

SEED = "(seed)"
RESAMPLES = 1000
# Of fewer blocks nothing can be said of an interval.
LEAST_BLOCKS = 4


@dataclass(frozen=True, kw_only=True)
class Indices:
    """What is known of one output.

    Attributes
    ----------
    columns : mapping of str to array, shape (parameters + 1,)
        One row for each parameter, and one for the seed; NaN where nothing can be said.
    about : mapping
        Counts, mean, standard deviation and the seed's share, for the summary.
    """

    columns: Mapping[str, np.ndarray]
    about: Mapping[str, Any]


COLUMNS = {
    "sobol": ("first", "first_low", "first_high", "total", "total_low", "total_high"),
    "morris": ("mu_star", "mu_star_low", "mu_star_high", "mu", "sigma"),
    "local": ("at_low", "at_low_error", "at_high", "at_high_error"),
}


def indices(design: Design, ranges: Sequence[Range], outputs: np.ndarray) -> Indices:
    """Indices of an output.

    Parameters
    ----------
    design : Design
    ranges : sequence of Range
    outputs : array, shape (runs,)
        NaN of a run that was not done, or where the output is not defined. A block with one of them does not count.

    Returns
    -------
    Indices
    """
    points, again = design.split(outputs)
    whole = np.isfinite(points).all(axis=1)
    known = outputs[np.isfinite(outputs)]
    about: dict[str, Any] = {
        "defined_count": len(known),
        "blocks_count": len(whole),
        "blocks_used": int(whole.sum()),
        "constant": bool(len(known) and np.ptp(known) == 0),
        "mean": float(known.mean()) if len(known) else None,
        "sd": float(known.std(ddof=1)) if len(known) > 1 else None,
    }
    found = np.full((len(ranges) + 1, len(COLUMNS[design.method])), np.nan)
    if design.method == "local":
        found = _local(points[0], again)
    elif whole.sum() >= min(LEAST_BLOCKS, design.samples) and not about["constant"]:
        made = _sobol if design.method == "sobol" else _morris
        found, share = made(design, ranges, points[whole], again[whole], whole)
        about |= dict(zip(("seed_share", "seed_share_low", "seed_share_high"), map(float, share), strict=True))
    return Indices(columns=dict(zip(COLUMNS[design.method], found.T, strict=True)), about=about)


def _seed_variance(first: np.ndarray, again: np.ndarray) -> float:
    """The mean variance over seeds of points with further seeds; NaN without any."""
    if not again.shape[1]:
        return float("nan")
    every = np.column_stack([first, again])
    every = every[np.isfinite(every).all(axis=1)]
    return float(every.var(axis=1, ddof=1).mean()) if len(every) else float("nan")


def _resampled(count: int, seed: int, statistic: Any) -> np.ndarray:
    """Percentiles, shape (2, numbers), of a statistic over samples of blocks with replacement."""
    rng = np.random.default_rng(seed)
    every = np.array([statistic(rng.integers(count, size=count)) for _ in range(RESAMPLES)])
    with warnings.catch_warnings(action="ignore"):  # a number that is never defined has no percentile
        return np.nanpercentile(every, [2.5, 97.5], axis=0)


def _sobol(
    design: Design, ranges: Sequence[Range], points: np.ndarray, again: np.ndarray, whole: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    estimators = salib("analyze.sobol")
    # The estimator of first order is of products: around the mean it is the most exact.
    scale, middle = points.std(), points.mean()
    points, again = (points - middle) / scale, (again - middle) / scale

    def statistic(which: np.ndarray) -> np.ndarray:
        A, B = points[which, 0], points[which, -1]
        both = np.concatenate([A, B]).var()
        share = _seed_variance(A, again[which]) / both if both > 0 else float("nan")
        seed = 0.0 if np.isnan(share) else share
        between = points[which, 1:-1].T
        first = [estimators.first_order(A, AB, B) for AB in between]
        total = [estimators.total_order(A, AB, B) - seed for AB in between]
        return np.array([*first, share, *total, share])

    with warnings.catch_warnings(action="ignore"):  # SALib's, of a sample that is constant by chance
        value = statistic(np.arange(len(points)))
        low, high = _resampled(len(points), design.seed, statistic)
    return np.stack([value, low, high]).reshape(3, 2, -1).transpose(2, 1, 0).reshape(len(ranges) + 1, 6), np.array(
        [value[-1], low[-1], high[-1]]
    )


def _morris(
    design: Design, ranges: Sequence[Range], points: np.ndarray, again: np.ndarray, whole: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    effects = salib("analyze.morris").analyze(
        problem_of(ranges),
        design.points[whole].reshape(-1, len(ranges)),
        points.ravel(),
        num_resamples=RESAMPLES,
        num_levels=MORRIS_LEVELS,
        seed=design.seed,
    )
    step = MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))

    def statistic(which: np.ndarray) -> np.ndarray:
        variance = _seed_variance(points[which, 0], again[which])
        every = points[which].var()
        return np.array([variance / every if every > 0 else np.nan, np.sqrt(4 / np.pi * variance) / step])

    value = statistic(np.arange(len(points)))
    low, high = _resampled(len(points), design.seed, statistic)
    star, half = np.asarray(effects["mu_star"], float), np.asarray(effects["mu_star_conf"], float)
    found = np.column_stack(
        [
            [*star, value[1]],
            [*(star - half), low[1]],
            [*(star + half), high[1]],
            [*np.asarray(effects["mu"], float), np.nan],
            [*np.asarray(effects["sigma"], float), np.nan],
        ]
    )
    return found, np.array([value[0], low[0], high[0]])


def _local(first: np.ndarray, again: np.ndarray) -> np.ndarray:
    """Changes of the output at both ends of each range, and their standard errors over seeds."""
    every = np.vstack([first, again])
    seeds = len(every)
    change = every[:, 1:] - every[:, :1]
    error = change.std(axis=0, ddof=1) / np.sqrt(seeds) if seeds > 1 else np.full(change.shape[1], np.nan)
    mean = change.mean(axis=0)
    found = np.column_stack([mean[::2], error[::2], mean[1::2], error[1::2]])
    spread = every[:, 0].std(ddof=1) if seeds > 1 else np.nan
    return np.vstack([found, [spread, np.nan, spread, np.nan]])
