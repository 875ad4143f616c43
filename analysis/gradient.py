"""Do weights move down the gradient of the cost? Angles between weight changes and the gradient of a rate model.

The rate model stands for a spiking network of two layers: a cell's event rate is a + g (W e) + k s, with the rates e of
its presynaptic cells, its weights W and the drive s of the inhibition that all cells of its layer share, fed by the
presynaptic cells and by the layer itself. g is one number for each layer, a and k are each cell's own; they are fitted
to rates that were measured. The cost is the cross-entropy of the output population's mean rate (learning.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .credit import angle
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


@dataclass(frozen=True)
class Inhibition:
    """How strongly each cell drives the inhibition of a layer, in any unit.

    Parameters
    ----------
    presynaptic : array, shape (presynaptic cells,)
        Feedforward inhibition: by the cells that excite the layer too.
    own : array, shape (postsynaptic cells,)
        Feedback inhibition: by the cells of the layer itself.
    """

    presynaptic: np.ndarray
    own: np.ndarray


def gains(
    weights: np.ndarray, presynaptic: np.ndarray, postsynaptic: np.ndarray, inhibition: Inhibition
) -> tuple[float, np.ndarray]:
    """How much a layer's rates rise with the drive of each cell and with that of the inhibition which all share.

    Each cell has an offset and a slope by inhibition of its own, since cells differ in what they get beside the
    weights, and weights that have learned are related to it. The gain is the slope of what these leave of the rates
    against what they leave of the drive: with four examples, two numbers for each cell.

    Parameters
    ----------
    weights : array, shape (postsynaptic cells, presynaptic cells)
    presynaptic, postsynaptic : array, shape (cells, examples)
        Event rates in Hz.
    inhibition : Inhibition
        Of the layer.

    Returns
    -------
    float
        The gain of the layer.
    array, shape (postsynaptic cells,)
        The slopes by inhibition, negative where it inhibits.
    """
    shared = inhibition.presynaptic @ presynaptic + inhibition.own @ postsynaptic
    own = np.stack([np.ones(len(shared)), shared], axis=1)
    fit = np.linalg.pinv(own)
    drive = weights @ presynaptic
    left = drive - drive @ fit.T @ own.T
    excitatory = float(np.sum(left * postsynaptic) / np.sum(left**2))
    return excitatory, (postsynaptic - excitatory * drive) @ fit[1]


def gradients(
    hidden_weights: np.ndarray,
    output_weights: np.ndarray,
    rates: tuple[np.ndarray, np.ndarray, np.ndarray],
    target: Sequence[int],
    e_min: float,
    e_max: float,
    inhibition: tuple[Inhibition, Inhibition],
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
    inhibition : two of Inhibition
        Of the hidden layer and of the output.

    Returns
    -------
    two arrays, shaped as the weights
    """
    inputs, hidden, output = rates
    p = decoded(output.mean(axis=0), e_min, e_max)
    moves = (p > CLIP) & (p < 1 - CLIP)
    error = moves * (p - np.asarray(target)) / (p * (1 - p) * (e_max - e_min))
    of_hidden, of_output = inhibition
    g, k = gains(output_weights, hidden, output, of_output)
    by_output = _through_layer(np.full(len(output), 1 / len(output)), k, of_output)
    by_hidden = g * by_output @ output_weights + k @ by_output * of_output.presynaptic
    g_hidden, k = gains(hidden_weights, inputs, hidden, of_hidden)
    by_drive = g_hidden * _through_layer(by_hidden, k, of_hidden)
    return np.outer(by_drive, inputs @ error), np.outer(g * by_output, hidden @ error)


def _through_layer(by_rate: np.ndarray, inhibitory: np.ndarray, inhibition: Inhibition) -> np.ndarray:
    """Turn slopes by each cell's final rate into slopes by what moves the cell, before feedback inhibition answers."""
    return by_rate + inhibition.own * (inhibitory @ by_rate) / (1 - inhibitory @ inhibition.own)


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
    return angle(step, slope) if step.any() and slope.any() else np.nan
