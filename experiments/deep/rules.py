"""Learning rules of `deep`: each makes a teaching signal for every unit, and all else is the same for all of them.

A signal stands where the negative gradient of the cost with respect to the potential stands in backpropagation;
weights follow it as `Network.changes` says. Signals of rules with bursts are divided by what a burst probability makes
of them on the way down (the slope of its sigmoid, once for each layer, and the output's probability without a
teacher), so that the layers' learning rates are those of backpropagation and a comparison is one of rules.

burst (Payeur et al. 2021): the output has the burst probability p0, and p0 [1 + (t - e)(1 - e)] with the
teacher; below,
    u_l = h(e_l) * (Y_(l+1) b_(l+1) - Z_l b~_l),   p_l = s(beta u_l),   b_l = p_l e_l,   h = f'/f,
once without the teacher and once with it, and the signal is the difference of the two burst rates. b~_l is the burst
rate without teacher and without Z, the same in both phases (h weighs both terms, as in the text; the authors' program
leaves it out of the second). The difference is carried down by itself, d(b_l) = e_l [s(beta (u_l + du_l)) - s(beta
u_l)], since that of two rounded burst rates would be lost some layers further down.

one_phase (Greedy et al. 2022): the teacher is always there, the output has p = p_b [1 + (t - e) h(e)], and
    u_l = Y_(l+1) b_(l+1) - Q_(l+1) e_(l+1),   p_l = s(4 beta u_l h(e_l)),   signal (p_l - p_b) e_l,   p_b = 1/2.
With Q = p_b Y, u is zero without a teacher, whatever the image.

feedback_alignment (Lillicrap et al. 2016): the error itself goes down, d_l = f'(v_l) * Y_(l+1) d_(l+1).
node_perturbation: the potentials of one layer get noise xi of variance sigma^2, the next batch those of another one;
    the signal is (cost - cost with noise) xi/sigma^2.
backprop: the negative gradient of the cost with respect to the potentials, by automatic differentiation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from .network import Arrays, Network, cost

P_B = 0.5  # s(0): what a population without a drive has


class Signals(NamedTuple):
    """What a rule makes of a batch.

    Attributes
    ----------
    of : tuple of array
        The teaching signal of every layer.
    bursting : tuple of array
        Burst probabilities of the hidden layers: without the teacher, or with it if it is always there.
    alone : tuple of array
        The same without recurrent weights.
    evoked : tuple of array
        What the teacher adds to them.
    drive : tuple of array
        Apical drives u of the hidden layers, without the teacher if there is a phase without it.
    tilde : tuple of array
        Burst rates without recurrent weights and without the teacher.
    """

    of: Arrays
    bursting: Arrays = ()
    alone: Arrays = ()
    evoked: Arrays = ()
    drive: Arrays = ()
    tilde: Arrays = ()


def sigmoid_difference(x: jax.Array, dx: jax.Array) -> jax.Array:
    """s(x + dx) - s(x), to the last digits of a small dx: tanh(dx/2) (1 - T^2)/(1 + T tanh(dx/2))/2, T = tanh(x/2)."""
    at, by = jnp.tanh(x / 2), jnp.tanh(dx / 2)
    return 0.5 * by * (1 - at * at) / (1 + at * by)


def burst(
    network: Network, state: Mapping[str, Arrays], rates: Arrays, target: jax.Array, beta: Any, p0: Any
) -> Signals:
    """Burst rates without and with the teacher, from the output down."""
    last = len(network) - 1
    output = rates[-1]
    b = p0 * output
    change = p0 * (target - output) * network.gain(last, rates) * output
    of, scale = [change / p0], 1 / p0
    bursting: list[jax.Array] = []
    alone: list[jax.Array] = []
    evoked: list[jax.Array] = []
    drive: list[jax.Array] = []
    tilde: list[jax.Array] = []
    for k in range(last - 1, -1, -1):
        e, h, Y = rates[k + 1], network.gain(k, rates), state["Y"][k + 1]
        u = h * network.down(k + 1, Y, b)
        p = jax.nn.sigmoid(beta * u)
        alone.append(p)
        tilde.append(p * e)
        if state["Z"][k].size:
            u = u - h * (tilde[-1] @ state["Z"][k])
            p = jax.nn.sigmoid(beta * u)
        p_change = sigmoid_difference(beta * u, beta * h * network.down(k + 1, Y, change))
        b, change, scale = p * e, p_change * e, scale * 4 / beta
        for found, value in zip((of, bursting, evoked, drive), (scale * change, p, p_change, u), strict=True):
            found.append(value)
    return Signals(*(tuple(found[::-1]) for found in (of, bursting, alone, evoked, drive, tilde)))


def one_phase(network: Network, state: Mapping[str, Arrays], rates: Arrays, target: jax.Array, beta: Any) -> Signals:
    """Burst rates with the teacher, less what events predict of them."""
    last = len(network) - 1
    # b - p_b e, which is carried down by itself; Y b - Q e is Y of it, and what Q is out of balance.
    excess = P_B * (target - rates[-1]) * network.gain(last, rates) * rates[-1]
    of, scale = [excess / P_B], 1 / P_B
    bursting: list[jax.Array] = []
    evoked: list[jax.Array] = []
    drive: list[jax.Array] = []
    for k in range(last - 1, -1, -1):
        u = network.down(k + 1, state["Y"][k + 1], excess)
        if state["Q"]:  # as long as they are not p_b Y
            u = u + network.down(k + 1, P_B * state["Y"][k + 1] - state["Q"][k + 1], rates[k + 2])
        change = 0.5 * jnp.tanh(2 * beta * u * network.gain(k, rates))  # s(4 x) - s(0)
        excess, scale = change * rates[k + 1], scale / beta
        for found, value in zip((of, bursting, evoked, drive), (scale * excess, P_B + change, change, u), strict=True):
            found.append(value)
    return Signals(*(tuple(found[::-1]) for found in (of, bursting, bursting, evoked, drive)))


def feedback_alignment(network: Network, state: Mapping[str, Arrays], rates: Arrays, target: jax.Array) -> Signals:
    """The error, through the feedback's weights."""
    last = len(network) - 1
    of = [(target - rates[-1]) * network.gain(last, rates) * rates[-1]]
    for k in range(last - 1, -1, -1):
        slope = network.gain(k, rates) * rates[k + 1]
        of.append(slope * network.down(k + 1, state["Y"][k + 1], of[-1]))
    return Signals(tuple(of[::-1]))


def backprop(network: Network, state: Mapping[str, Arrays], image: jax.Array, target: jax.Array) -> Signals:
    """The negative gradient of the cost with respect to every potential, of the very same forward pass."""

    def total(nudges: Arrays) -> jax.Array:
        return cost(network.rates(state["W"], state["c"], image, nudges)[-1], target).sum()

    return Signals(tuple(-each for each in jax.grad(total)(network.still(len(image), image.dtype))))


def node_perturbation(
    network: Network,
    state: Mapping[str, Arrays],
    rates: Arrays,
    target: jax.Array,
    noise: Any,
    key: jax.Array,
    which: Any,
) -> Signals:
    """What noise in the potentials of one layer, `which`, does to the cost."""
    keys = jax.random.split(key, len(network))
    xi = tuple(
        jnp.where(which == k, noise, 0.0) * jax.random.normal(keys[k], still.shape, still.dtype)
        for k, still in enumerate(network.still(len(target), target.dtype))
    )
    perturbed = network.rates(state["W"], state["c"], rates[0], xi)
    gained = cost(rates[-1], target) - cost(perturbed[-1], target)
    return Signals(tuple(gained.reshape(-1, *[1] * (each.ndim - 1)) * each / noise**2 for each in xi))


def signals(
    config: Any, network: Network, state: Mapping[str, Arrays], rates: Arrays, target: jax.Array, beta: Any,
    key: jax.Array, step: Any,
) -> Signals:  # fmt: skip
    """The teaching signals of the rule that a config names."""
    state = tied(config, state)
    if config.rule == "burst":
        return burst(network, state, rates, target, beta, float(config.p0))
    if config.rule == "one_phase":
        return one_phase(network, state, rates, target, beta)
    if config.rule == "feedback_alignment":
        return feedback_alignment(network, state, rates, target)
    if config.rule == "node_perturbation":
        return node_perturbation(network, state, rates, target, float(config.noise), key, step % len(network))
    return backprop(network, state, rates[0], target)


def tied(config: Any, state: Mapping[str, Arrays]) -> dict[str, Arrays]:
    """The state with symmetric feedback, where it is that."""
    return {**state, "Y": state["W"]} if config.feedback == "symmetric" else dict(state)
