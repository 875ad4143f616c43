"""Do weights move down the gradient of the cost? Angles between weight changes and the gradient of a rate model.

The rate model stands for a spiking network of two layers: a cell's event rate is a + g (W e), with the rates e of its
presynaptic cells, its weights W and a gain g of its layer, fitted to rates that were measured. The cost is the
cross-entropy of the output population's mean rate (learning.py). Angles do not depend on the sizes of the gains, only
on their signs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .learning import CLIP, decoded


def rates_of_cells(
    cell: np.ndarray, time: np.ndarray, n: int, begin: Sequence[float], end: Sequence[float]
) -> np.ndarray:
    """Event rates of single cells in windows of time.

    Parameters
    ----------
    cell, time : array, shape (events,)
        Cells from 0 to n - 1, times in s.
    begin, end : sequence of float, (windows,)
        In s.

    Returns
    -------
    array, shape (n, windows)
        In Hz.
    """
    counts = [
        np.bincount(cell[(time >= first) & (time < last)], minlength=n) for first, last in zip(begin, end, strict=True)
    ]
    return np.array(counts).T / (np.asarray(end) - np.asarray(begin))


def matrix(source: np.ndarray, target: np.ndarray, weight: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """Weights of a projection as a matrix, 0 where there is no synapse.

    Parameters
    ----------
    source, target, weight : array, shape (synapses,)
        Cells are numbered through all populations.
    rows, columns : slice
        The postsynaptic and the presynaptic cells.

    Returns
    -------
    array, shape (postsynaptic cells, presynaptic cells)
        Weights of several synapses between two cells add up.
    """
    made = np.zeros((rows.stop - rows.start, columns.stop - columns.start))
    inside = (target >= rows.start) & (target < rows.stop) & (source >= columns.start) & (source < columns.stop)
    np.add.at(made, (target[inside] - rows.start, source[inside] - columns.start), weight[inside])
    return made


def gain(weights: np.ndarray, presynaptic: np.ndarray, postsynaptic: np.ndarray) -> float:
    """How much a layer's rates rise with their input: the slope of a straight line through all cells and examples.

    Parameters
    ----------
    weights : array, shape (postsynaptic cells, presynaptic cells)
    presynaptic, postsynaptic : array, shape (cells, examples)
        Event rates in Hz.
    """
    return float(np.polyfit((weights @ presynaptic).ravel(), postsynaptic.ravel(), 1)[0])


def gradients(
    hidden_weights: np.ndarray,
    output_weights: np.ndarray,
    rates: tuple[np.ndarray, np.ndarray, np.ndarray],
    target: Sequence[int],
    e_min: float,
    e_max: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of the cost of all examples by the weights into the hidden layer and into the output.

    Parameters
    ----------
    hidden_weights, output_weights : array, shape (postsynaptic cells, presynaptic cells)
    rates : three arrays, shape (cells, examples)
        Event rates (Hz) of input, hidden and output cells.
    target : sequence of 0 and 1
        Of each example.
    e_min, e_max : float
        Rates (Hz) that stand for 0 and 1.

    Returns
    -------
    two arrays, shaped as the weights
    """
    inputs, hidden, output = rates
    p = decoded(output.mean(axis=0), e_min, e_max)
    moves = (p > CLIP) & (p < 1 - CLIP)
    error = moves * (p - np.asarray(target)) / (p * (1 - p) * (e_max - e_min))
    by_output = gain(output_weights, hidden, output) / len(output)
    by_hidden = gain(hidden_weights, inputs, hidden) * by_output * output_weights.sum(axis=0)
    return np.outer(by_hidden, inputs @ error), np.outer(np.full(len(output), by_output), hidden @ error)


def angle_to_descent(change: np.ndarray, gradient: np.ndarray, synapses: np.ndarray) -> float:
    """The angle (degrees) between a change of weights and the way down: 0 is descent, 90 blind, 180 ascent.

    Parameters
    ----------
    change, gradient : array
        Of the same shape.
    synapses : array of bool, of that shape
        Where there are synapses.

    Returns
    -------
    float
        NaN where nothing changed or the cost is flat.
    """
    step, slope = change[synapses], -gradient[synapses]
    length = np.linalg.norm(step) * np.linalg.norm(slope)
    return float(np.degrees(np.arccos(np.clip(step @ slope / length, -1, 1)))) if length > 0 else np.nan
