"""The network of `deep`: layers of units with an event rate, and connections that lead up and, transposed, down.

Layer l has the potentials v_l = W_l e_(l-1) + c_l and the event rates e_l = f(v_l); e_0 is the image, the last layer is
logistic (Payeur et al. 2021, Methods, hierarchical networks). Connections are dense, or convolutions of a part of the
image. What leads down from layer l to the one below has weights of the shape of W_l and is the transpose of what they
are upwards, so that Y_l = W_l is symmetric feedback, whatever kind of connection it is.

These are ensembles: a unit stands for many cells, an event rate and a burst probability for what they do on average.
There are no spikes here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Arrays = tuple[jax.Array, ...]


@dataclass(frozen=True)
class Dense:
    """Every unit from every unit below."""

    below: tuple[int, ...]
    n: int

    @property
    def above(self) -> tuple[int, ...]:
        """The shape of the layer's units."""
        return (self.n,)

    @property
    def weights(self) -> tuple[int, ...]:
        """The shape of its weights."""
        return (math.prod(self.below), self.n)

    @property
    def fans(self) -> tuple[int, int]:
        """How many units below one has, and how many above one of those has."""
        return self.weights  # type: ignore[return-value]

    def up(self, weights: jax.Array, rates: jax.Array) -> jax.Array:
        """What arrives in the layer, shape (batch, *above)."""
        return rates.reshape(len(rates), -1) @ weights


@dataclass(frozen=True)
class Convolution:
    """Filters that see a square of the layer below, and move over it in strides; no padding."""

    below: tuple[int, ...]
    filters: int
    kernel: int
    stride: int

    @property
    def above(self) -> tuple[int, ...]:
        """Height, width and filters."""
        return (*((size - self.kernel) // self.stride + 1 for size in self.below[:2]), self.filters)

    @property
    def weights(self) -> tuple[int, ...]:
        """Height, width, channels below, filters."""
        return (self.kernel, self.kernel, self.below[2], self.filters)

    @property
    def fans(self) -> tuple[int, int]:
        """How many units below one has, and how many above one of those has."""
        return self.kernel**2 * self.below[2], self.kernel**2 * self.filters

    def up(self, weights: jax.Array, rates: jax.Array) -> jax.Array:
        """What arrives in the layer, shape (batch, *above)."""
        return jax.lax.conv_general_dilated(
            rates, weights, (self.stride, self.stride), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )


Layer = Dense | Convolution


def layers_of(config: Any, shape: Sequence[int], classes: int) -> tuple[Layer, ...]:
    """The layers of a network for images of a shape: convolutions, if any, dense hidden layers, and the output."""
    below: tuple[int, ...] = tuple(shape) if len(shape) == 3 else (*shape, 1)
    layers: list[Layer] = []
    if config.network == "convolutional":
        for filters, kernel, stride in zip(config.filters, config.kernels, config.strides, strict=True):
            layers.append(Convolution(below, filters, kernel, stride))
            below = layers[-1].above
    for n in (*config.hidden, classes):
        layers.append(Dense(below, n))
        below = layers[-1].above
    return tuple(layers)


def down(layer: Layer, weights: jax.Array, sent: jax.Array) -> jax.Array:
    """What arrives in the layer below, shape (batch, *below): the transpose of `up` with the same weights."""
    shape = jax.ShapeDtypeStruct((len(sent), *layer.below), sent.dtype)
    return jax.linear_transpose(lambda rates: layer.up(weights, rates), shape)(sent)[0]


class Units(NamedTuple):
    """What units make of a potential: the event rate f(v), and f'(v)/f(v), by which a dendrite's drive is weighed."""

    rate: Callable[[jax.Array], jax.Array]
    gain: Callable[[jax.Array], jax.Array]


# The gain in terms of the rate. A rectified unit that is silent has no slope.
LOGISTIC = Units(jax.nn.sigmoid, lambda e: 1 - e)
RELU = Units(jax.nn.relu, lambda e: jnp.where(e > 0, 1 / jnp.where(e > 0, e, 1), 0))
UNITS = {"logistic": LOGISTIC, "relu": RELU}


@dataclass(frozen=True)
class Network:
    """Layers, and the units of the hidden ones; those of the output are logistic."""

    layers: tuple[Layer, ...]
    hidden: Units

    def __len__(self) -> int:
        return len(self.layers)

    def units(self, k: int) -> Units:
        """Those of layer k."""
        return LOGISTIC if k == len(self) - 1 else self.hidden

    def rates(self, W: Arrays, c: Arrays, image: jax.Array, nudges: Arrays | None = None) -> tuple[jax.Array, ...]:
        """The event rates of all layers, the image first; `nudges` are added to the potentials of each."""
        rates = [image]
        for k, layer in enumerate(self.layers):
            potential = layer.up(W[k], rates[-1]) + c[k]
            rates.append(self.units(k).rate(potential if nudges is None else potential + nudges[k]))
        return tuple(rates)

    def gain(self, k: int, rates: Arrays) -> jax.Array:
        """f'/f of the units of layer k."""
        return self.units(k).gain(rates[k + 1])

    def down(self, k: int, weights: jax.Array, sent: jax.Array) -> jax.Array:
        """What layer k sends to the one below it."""
        return down(self.layers[k], weights, sent)

    def still(self, batch: int, dtype: Any = jnp.float32) -> Arrays:
        """Nudges of nothing."""
        return tuple(jnp.zeros((batch, *layer.above), dtype) for layer in self.layers)

    def changes(self, rates: Arrays, signals: Arrays) -> tuple[Arrays, Arrays]:
        """What teaching signals, one for each unit's potential, do to weights and biases: means over the batch.

        It is the derivative of what arrives in each layer, so that signals that are the negative gradient with respect
        to potentials give the negative gradient with respect to weights.
        """
        zero = [jnp.zeros(layer.weights, rates[-1].dtype) for layer in self.layers]
        of_bias = [jnp.zeros(layer.above[-1:], rates[-1].dtype) for layer in self.layers]

        def arriving(W: list[jax.Array], c: list[jax.Array]) -> list[jax.Array]:
            return [layer.up(W[k], rates[k]) + c[k] for k, layer in enumerate(self.layers)]

        _, pull = jax.vjp(arriving, zero, of_bias)
        W, c = pull(list(signals))
        batch = len(rates[0])
        return tuple(each / batch for each in W), tuple(each / batch for each in c)


def cost(output: jax.Array, target: jax.Array) -> jax.Array:
    """Half the squared distance of each example's output from its target, shape (batch,)."""
    return 0.5 * jnp.sum((target - output) ** 2, axis=-1)


def initial(network: Network, gain: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Random weights of the shape of all layers: uniform, of the spread of Glorot & Bengio (2010) times a gain."""
    found = []
    for layer in network.layers:
        most = gain * math.sqrt(6 / sum(layer.fans))
        found.append(rng.uniform(-most, most, layer.weights).astype(np.float32))
    return found
