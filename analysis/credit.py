"""Credit: whether hidden units burst as the gradient would have them, and what can be read from their rates."""

from __future__ import annotations

import numpy as np

from .bursts import burst_probability


def burst_signal(event_rate: np.ndarray, burst_rate: np.ndarray) -> np.ndarray:
    """What the rule sees of each example: bursts less those that go with so many events on average.

    Parameters
    ----------
    event_rate, burst_rate : array, shape (units, examples) or (units, examples, steps)
        While the teacher is on, or in steps of an example, Hz.

    Returns
    -------
    array, of the same shape
        In Hz, above 0 where a unit bursts more than it does on average; of each unit, and each step, the sum is 0.
    """
    P = burst_probability(burst_rate.sum(axis=1, keepdims=True), event_rate.sum(axis=1, keepdims=True))
    return burst_rate - np.nan_to_num(P) * event_rate


def wanted(weights: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Where the rates of hidden units should go: the outputs' targets, by the weights through which they are reached.

    The gradient of the cost with respect to the units' rates, for outputs that do not tell the examples apart yet.

    Parameters
    ----------
    weights : array, shape (units, outputs)
    targets : array, shape (examples, outputs)

    Returns
    -------
    array, shape (units, examples)
    """
    return weights @ (targets - targets.mean(axis=0)).T


def agreement(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of two signals over the examples, of each unit; 0 of a unit for which one of them is constant."""
    one, other = (each - each.mean(axis=1, keepdims=True) for each in (one, other))
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.divide((one * other).sum(axis=1), size, out=np.zeros_like(size), where=size > 0)


def agreement_by_epoch(
    event_rate: np.ndarray, burst_rate: np.ndarray, goal: np.ndarray, epochs: int
) -> tuple[np.ndarray, np.ndarray]:
    """How well burst signals agree with a goal in each epoch.

    Parameters
    ----------
    event_rate, burst_rate, goal : array, shape (units, epochs * examples)
        The first two while the teacher is on, Hz.
    epochs : int

    Returns
    -------
    array, array, shape (epochs,)
        The correlation, mean over units; and the part of the units for which it is above 0.
    """
    parts = (np.split(each, epochs, axis=1) for each in (event_rate, burst_rate, goal))
    found = np.array([agreement(burst_signal(E, B), g) for E, B, g in zip(*parts, strict=True)])
    return found.mean(axis=1), np.mean(found > 0, axis=1)


def course(event_rate: np.ndarray, burst_rate: np.ndarray, goal: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """When in an example bursts have the gradient's sign, and by how much.

    Parameters
    ----------
    event_rate, burst_rate : array, shape (units, examples, steps)
        In steps of an example, Hz.
    goal : array, shape (units, examples)
        The gradient.
    chosen : array of bool, shape (examples,)
        Over which the mean is taken; what a unit bursts otherwise is that of all examples at the same step.

    Returns
    -------
    array, shape (steps,)
        Burst probability beyond the unit's own, counted as positive where the gradient is positive and as negative
        where it is negative.
    """
    beyond = burst_signal(event_rate, burst_rate)[:, chosen]
    events = event_rate[:, chosen].sum(axis=(0, 1))
    signed = (beyond * np.sign(goal[:, chosen])[..., np.newaxis]).sum(axis=(0, 1))
    return np.divide(signed, events, out=np.zeros_like(signed), where=events > 0)


def angle(one: np.ndarray, other: np.ndarray) -> float:
    """The angle between two arrays of one shape as vectors, in degrees; 90 where one of them is 0.

    Parameters
    ----------
    one, other : array
    """
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float(np.degrees(np.arccos(np.clip((one * other).sum() / size, -1, 1)))) if size else 90.0


def pair_weights(source: np.ndarray, target: np.ndarray, w: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Summed weights between units.

    Parameters
    ----------
    source, target, w : array, shape (synapses,)
        Cells, and the weight from one to the other.
    unit : array, shape (cells,)
        The unit of each cell.

    Returns
    -------
    array, shape (units, units)
        Rows are sources.
    """
    units = int(unit.max()) + 1
    pairs = unit[source.astype(int)].astype(int) * units + unit[target.astype(int)].astype(int)
    return np.bincount(pairs, weights=w, minlength=units * units).reshape(units, units)


def read_out(rates: np.ndarray, classes: np.ndarray, new: np.ndarray, penalty: float = 0.03) -> np.ndarray:
    """Classes by a linear read-out of rates: ridge regression onto one-hot targets, and the highest.

    Parameters
    ----------
    rates : array, shape (units, examples)
        What it is fitted to.
    classes : array of int, shape (examples,)
    new : array, shape (units, others)
        What it is asked about.
    penalty : float
        Of the squared coefficients, per example, with rates in units of their standard deviations.

    Returns
    -------
    array of int, shape (others,)
    """
    mean, sd = rates.mean(axis=1, keepdims=True), rates.std(axis=1, keepdims=True)
    scaled, asked = ((each - mean) / np.where(sd > 0, sd, 1) for each in (rates, new))
    goal = np.eye(int(classes.max()) + 1)[classes]
    covered = scaled @ scaled.T + penalty * rates.shape[1] * np.eye(len(rates))
    return np.argmax(np.linalg.solve(covered, scaled @ (goal - goal.mean(axis=0))).T @ asked, axis=0)
