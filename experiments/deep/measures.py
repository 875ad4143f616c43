"""What is measured of the signals of `deep`, on the same training images after every epoch: angles and distributions.

As in the authors' figures: the angle between weights that lead up and down is that of the flattened arrays; that of
signals is taken for each image and averaged. The yardstick is automatic differentiation of the same forward pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import rules
from .network import Arrays, Network, cost

PROBED = 500  # images
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = np.linspace(0, 1, 51)
SLOPES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)  # times that of the run
LAST = "last/"


def angle(a: jax.Array, b: jax.Array, axis: Any = None) -> jax.Array:
    """The angle in degrees, 90 where one of them is nothing; by its sine and cosine, which no rounding spoils."""
    # cos alone says nothing below a tenth of a degree in 32 bits.
    norms = [jnp.sqrt(jnp.sum(each**2, axis=axis, keepdims=True)) for each in (a, b)]
    one, other = (each / jnp.where(norm > 0, norm, 1) for each, norm in zip((a, b), norms, strict=True))
    apart, along = (jnp.sqrt(jnp.sum((one + sign * other) ** 2, axis=axis)) for sign in (-1, 1))
    return jnp.degrees(2 * jnp.arctan2(apart, along))


def probe(
    config: Any, network: Network, state: Mapping[str, Arrays], image: jax.Array, target: jax.Array, beta: Any
) -> dict[str, jax.Array]:
    """Cost and error of the images, and angles of what the rule makes of them to the gradient, by layer.

    What is of interest at the end only has names that begin with `LAST`: distributions of burst probabilities with and
    without recurrent weights, and the variance over units of what the teacher adds, beside the cost, image by image.
    """
    rates = network.rates(state["W"], state["c"], image)
    found = _all_layers(config, network, state, rates, target, beta)
    ideal = rules.backprop(network, state, image, target)
    changes = [network.changes(rates, each.of)[0] for each in (found, ideal)]
    flat = [[each.reshape(len(each), -1) for each in of] for of in (found.of, ideal.of)]
    measured = {
        "cost": cost(rates[-1], target).mean(),
        "probe_error": jnp.mean(rates[-1].argmax(axis=-1) != target.argmax(axis=-1)),
        "angle_signal": jnp.stack([angle(a, b, axis=1).mean() for a, b in zip(*flat, strict=True)]),
        "angle_update": jnp.stack([angle(a, b) for a, b in zip(*changes, strict=True)]),
    }
    if config.has_feedback and len(network) > 1:
        Y = rules.tied(config, state)["Y"]
        measured["angle_feedback"] = jnp.stack([angle(state["W"][k], Y[k]) for k in range(1, len(network))])
    if config.has_bursts:
        quantiles = jnp.array(QUANTILES)
        measured["bursting"] = jnp.stack([jnp.quantile(p, quantiles) for p in found.bursting])
        variance = jnp.stack([_variance(p) for p in found.evoked])
        measured["evoked_variance"] = variance.mean(axis=1)
        measured |= {
            f"{LAST}p/with": jnp.stack([_histogram(p) for p in found.bursting]),
            f"{LAST}p/without": jnp.stack([_histogram(p) for p in found.alone]),
            f"{LAST}image/cost": cost(rates[-1], target),
            f"{LAST}image/evoked_variance": variance,
        }
    return measured


def _all_layers(
    config: Any, network: Network, state: Mapping[str, Arrays], rates: Arrays, target: jax.Array, beta: Any
) -> rules.Signals:
    """The signals; noise is put into one layer after the other, for the signals of all."""
    each = range(len(network)) if config.rule == "node_perturbation" else (0,)
    key = jax.random.key(0)
    found = [rules.signals(config, network, state, rates, target, beta, key, k) for k in each]
    if len(found) == 1:
        return found[0]
    return rules.Signals(tuple(of.of[k] for k, of in enumerate(found)))


def _variance(p: jax.Array) -> jax.Array:
    """Over the units of a layer, for each image."""
    return p.reshape(len(p), -1).var(axis=1)


def _histogram(p: jax.Array) -> jax.Array:
    counts = jnp.histogram(p, bins=jnp.asarray(BINS, p.dtype))[0]
    return counts / p.size
