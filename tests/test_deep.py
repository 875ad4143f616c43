"""The rules of `deep`, exactly: against automatic differentiation, finite differences, and as papers write them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

jax = pytest.importorskip("jax")
jnp = jax.numpy

from burstlab.experiments.deep import measures, rules  # noqa: E402
from burstlab.experiments.deep.network import (  # noqa: E402
    LOGISTIC,
    RELU,
    UNITS,
    Convolution,
    Dense,
    Network,
    cost,
    down,
    layers_of,
)
from burstlab.experiments.deep.settings import PRESETS  # noqa: E402
from burstlab.models.parameters import with_changes  # noqa: E402

CLASSES, BATCH = 10, 40


@pytest.fixture(autouse=True)
def _exact():
    """64 bits: what is asked here is what the equations say, not what rounding leaves of it."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def config(**changes):
    return with_changes(PRESETS["quick"], {name: str(value) for name, value in changes.items()})


def made(layers, seed=1, units="logistic", shape=(6, 6), recurrent=0.0, **changes):
    """A config, a network with random weights, and a batch of random images and targets."""
    rng = np.random.default_rng(seed)
    settings = config(hidden=", ".join(["30"] * (layers - 1)), units=units, **changes) if layers else config(**changes)
    network = Network(layers_of(settings, shape, CLASSES), UNITS[units])

    def drawn():
        return tuple(jnp.asarray(rng.normal(0, 1 / np.sqrt(each.fans[0]), each.weights)) for each in network.layers)

    state = {"W": drawn(), "Y": drawn(), "Q": drawn() if changes.get("cancelling") == "learned" else ()}
    state["c"] = tuple(jnp.asarray(rng.normal(0, 0.3, each.above[-1:])) for each in network.layers)
    state["Z"] = tuple(
        jnp.asarray(rng.normal(0, recurrent, (each.n,) * 2))
        if recurrent and isinstance(each, Dense)
        else jnp.zeros((0, 0))
        for each in network.layers
    )
    image = jnp.asarray(rng.normal(size=(BATCH, *network.layers[0].below)))
    target = jnp.asarray(np.eye(CLASSES)[rng.integers(0, CLASSES, BATCH)])
    return settings, network, state, image, target


def signals_of(settings, network, state, image, target, beta=None, step=0):
    rates = network.rates(state["W"], state["c"], image)
    beta = float(settings.beta) if beta is None else beta
    return rates, rules.signals(settings, network, state, rates, target, beta, jax.random.key(3), step)


def gradient(network, state, image, target):
    """What jax.grad of the forward pass gives for weights and biases."""

    def mean(W, c):
        return cost(network.rates(W, c, image)[-1], target).mean()

    return jax.grad(mean, argnums=(0, 1))(state["W"], state["c"])


def degrees(a, b):
    return float(measures.angle(jnp.asarray(a).ravel(), jnp.asarray(b).ravel()))


CONVOLUTIONS = {"network": "convolutional", "filters": "4, 6", "kernels": "3, 3", "strides": "2, 1", "hidden": "12"}


# ---- backpropagation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", [{"layers": 3}, {"layers": 3, "units": "relu"}, {"layers": 0, "shape": (9, 9, 2), **CONVOLUTIONS}]
)
def test_backprop_changes_weights_by_the_gradient(case):
    settings, network, state, image, target = made(rule="backprop", **case)
    rates, found = signals_of(settings, network, state, image, target)
    W, c = network.changes(rates, found.of)
    for ours, ideal in zip((*W, *c), sum(gradient(network, state, image, target), ()), strict=True):
        assert ours.shape == ideal.shape
        np.testing.assert_allclose(ours, -ideal, rtol=1e-9, atol=1e-12 * float(jnp.abs(ideal).max()))


@pytest.mark.parametrize("case", [{"layers": 4}, {"layers": 0, "shape": (9, 9, 2), **CONVOLUTIONS}])
def test_backprop_is_what_finite_differences_say(case):
    """Of the cost, along random directions in all weights of a layer; the error of central differences is quadratic."""
    settings, network, state, image, target = made(rule="backprop", **case)
    rates, found = signals_of(settings, network, state, image, target)
    W, c = network.changes(rates, found.of)
    rng, step = np.random.default_rng(4), 1e-5

    def mean(name, k, by):
        moved = dict(state)
        moved[name] = tuple(each + (by if j == k else 0) for j, each in enumerate(state[name]))
        return float(cost(network.rates(moved["W"], moved["c"], image)[-1], target).mean())

    for name, changes in (("W", W), ("c", c)):
        for k, change in enumerate(changes):
            way = rng.normal(size=change.shape)
            slope = (mean(name, k, step * way) - mean(name, k, -step * way)) / (2 * step)
            assert slope == pytest.approx(-float((change * way).sum()), rel=1e-6, abs=1e-10), (name, k)


# ---- bursts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [2, 3, 4, 5])
@pytest.mark.parametrize("rule", ["burst", "one_phase"])
def test_symmetric_feedback_gives_the_gradient(rule, layers):
    """The angle is below half a degree at beta 0.01 in every layer, and falls at least linearly in beta.

    The sigmoid has no second derivative at 0, so the curvature that is left is quadratic in beta.
    """
    settings, network, state, image, target = made(layers, rule=rule, feedback="symmetric", seed=layers)
    ideal = gradient(network, state, image, target)[0]
    betas, angles = (0.1, 0.01, 0.001), []
    for beta in betas:
        rates, found = signals_of(settings, network, state, image, target, beta)
        W, _ = network.changes(rates, found.of)
        angles.append([degrees(ours, -each) for ours, each in zip(W, ideal, strict=True)])
        if beta == 0.001:  # not only the direction: learning rates are those of backpropagation
            for ours, each in zip(W, ideal, strict=True):
                np.testing.assert_allclose(ours, -each, rtol=0, atol=1e-4 * float(jnp.abs(each).max()))
    angles = np.array(angles)
    assert np.all(angles[1] < 0.5)
    assert np.all(angles[:, -1] < 1e-5)  # the output's own signal has no curvature
    hidden = angles[:, :-1]
    assert np.all(hidden[0] > 1e-4), "nothing to fall"
    assert np.all(hidden[1] < hidden[0] / 10)
    assert np.all((hidden[0] / hidden[1] > 80) & (hidden[0] / hidden[1] < 120))


def test_the_same_of_convolutions():
    settings, network, state, image, target = made(
        0, shape=(9, 9, 2), rule="burst", feedback="symmetric", **CONVOLUTIONS
    )
    ideal = gradient(network, state, image, target)[0]
    rates, found = signals_of(settings, network, state, image, target, 0.01)
    for ours, each in zip(network.changes(rates, found.of)[0], ideal, strict=True):
        assert degrees(ours, -each) < 0.5


def _written_out(network, state, rates, target, beta, p0):
    """The two phases as the paper has them, in numpy: burst rates without the teacher, with it, and what differs."""

    def s(x):
        return 1 / (1 + np.exp(-x))

    last, phases, tildes = len(network) - 1, [], {}
    for teacher in (0, 1):
        e = np.asarray(rates[-1])
        b = [p0 * (1 + teacher * (np.asarray(target) - e) * (1 - e)) * e]
        for k in range(last - 1, -1, -1):
            e = np.asarray(rates[k + 1])
            down_ = b[-1] @ np.asarray(state["Y"][k + 1]).T
            if not teacher:
                tildes[k] = s(beta * (1 - e) * down_) * e
            u = (1 - e) * (down_ - tildes[k] @ np.asarray(state["Z"][k]))
            b.append(s(beta * u) * e)
        phases.append(b[::-1])
    return [
        (taught - free) / p0 * (4 / beta) ** (last - k) for k, (free, taught) in enumerate(zip(*phases, strict=True))
    ]


@pytest.mark.parametrize("beta", [0.1, 1.0, 4.0])
def test_bursts_are_those_of_two_phases(beta):
    """What is carried down as a difference is the difference of what is carried down, as far as that is rounded."""
    settings, network, state, image, target = made(4, rule="burst", feedback="random", recurrent=0.2)
    rates, found = signals_of(settings, network, state, image, target, beta)
    p0 = float(settings.p0)
    for k, expected in enumerate(_written_out(network, state, rates, target, beta, p0)):
        assert np.abs(expected).max() > 1e-3
        rounded = 1e-15 * (4 / beta) ** (3 - k) / p0
        np.testing.assert_allclose(found.of[k], expected, rtol=1e-7, atol=max(rounded, 1e-12))


def test_a_small_difference_of_sigmoids_is_not_lost_in_32_bits():
    x, dx = np.linspace(-4, 4, 101), 1e-6
    exact = (1 / (1 + np.exp(-x)) * (1 - 1 / (1 + np.exp(-x)))) * dx
    ours = rules.sigmoid_difference(jnp.asarray(x, jnp.float32), jnp.full(101, dx, jnp.float32))
    assert ours.dtype == jnp.float32
    np.testing.assert_allclose(ours, exact, rtol=1e-4)


def _one_phase_written_out(network, state, rates, target, beta, Q):
    """Burst rates from the output down as the paper has them, in numpy: apical drives and p of the hidden layers."""
    last = len(network) - 1
    e = np.asarray(rates[-1])
    b = 0.5 * (1 + (np.asarray(target) - e) * (1 - e)) * e
    drives, found = [], []
    for k in range(last - 1, -1, -1):
        u = b @ np.asarray(state["Y"][k + 1]).T - e @ np.asarray(Q[k + 1]).T
        e = np.asarray(rates[k + 1])
        p = expit(4 * beta * u * np.asarray(network.gain(k, rates)))
        b = p * e
        drives.append(u)
        found.append(p)
    return drives[::-1], found[::-1]


@pytest.mark.parametrize("units", ["logistic", "relu"])
def test_with_q_in_balance_nothing_bursts_without_a_teacher(units):
    """For any image, to rounding: the apical drive is a difference of two sums of a size that it is compared with."""
    for seed in range(5):
        settings, network, state, image, _ = made(4, seed=seed, units=units, rule="one_phase", feedback="random")
        output = network.rates(state["W"], state["c"], image)[-1]
        rates, found = signals_of(settings, network, state, image, output)  # the target is what there is
        drives, _ = _one_phase_written_out(network, state, rates, output, 1.0, [0.5 * each for each in state["Y"]])
        for k, (ours, expected) in enumerate(zip(found.drive, drives, strict=True)):
            size = float(jnp.abs(network.down(k + 1, state["Y"][k + 1], rates[k + 2])).max())
            assert size > 0.1
            assert float(jnp.abs(ours).max()) <= 1e-13 * size
            assert np.abs(expected).max() <= 1e-13 * size
        assert all(float(jnp.abs(each).max()) < 1e-12 for each in found.of)
        # Q that is not in balance: bursts without any error.
        unbalanced = [0.4 * each for each in state["Y"]]
        assert np.abs(_one_phase_written_out(network, state, rates, output, 1.0, unbalanced)[0][0]).max() > 0.01


@pytest.mark.parametrize("beta", [0.3, 1.0, 3.0])
def test_one_phase_is_as_the_paper_has_it(beta):
    settings, network, state, image, target = made(4, rule="one_phase", feedback="random", cancelling="learned")
    rates, found = signals_of(settings, network, state, image, target, beta)
    drives, bursting = _one_phase_written_out(network, state, rates, target, beta, state["Q"])
    for k in range(3):
        np.testing.assert_allclose(found.drive[k], drives[k], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.bursting[k], bursting[k], rtol=1e-9, atol=1e-12)
        expected = (bursting[k] - 0.5) * np.asarray(rates[k + 1]) / 0.5 / beta ** (3 - k)
        np.testing.assert_allclose(found.of[k], expected, rtol=1e-7, atol=1e-12)


def test_recurrent_weights_and_q_learn_to_cancel():
    """Their changes lower the squared drive: they are the gradient of what they are multiplied with."""
    from burstlab.experiments.deep.training import _cancelling

    settings, network, state, image, target = made(3, rule="one_phase", feedback="random", cancelling="learned")
    rates, found = signals_of(settings, network, state, image, target)
    Q = _cancelling(network, state["Q"], rates, found.drive, 1e-4)
    after = signals_of(settings, network, state | {"Q": Q}, image, target)[1]
    assert all(
        float((new**2).sum()) < 0.999 * float((old**2).sum()) for new, old in zip(after.drive, found.drive, strict=True)
    )
    settings, network, state, image, target = made(3, rule="burst", feedback="random", recurrent=0.01)
    found = signals_of(settings, network, state, image, target)[1]
    Z = tuple(z + 1e-3 * tilde.T @ u for z, tilde, u in zip(state["Z"], found.tilde, found.drive, strict=False))
    after = signals_of(settings, network, state | {"Z": (*Z, state["Z"][-1])}, image, target)[1]
    assert all(
        float((new**2).sum()) < 0.999 * float((old**2).sum()) for new, old in zip(after.drive, found.drive, strict=True)
    )


# ---- other rules -----------------------------------------------------------------------------------------------------


def test_feedback_alignment_is_the_limit_of_bursts():
    settings, network, state, image, target = made(4, rule="feedback_alignment", feedback="random")
    linear = signals_of(settings, network, state, image, target)[1].of
    for rule in ("burst", "one_phase"):
        bursting = signals_of(
            config(rule=rule, feedback="random", hidden="30, 30, 30"), network, state, image, target, 1e-4
        )
        for ours, expected in zip(bursting[1].of, linear, strict=True):
            np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5 * float(jnp.abs(expected).max()))
    tied = config(rule="feedback_alignment", feedback="symmetric", hidden="30, 30, 30")
    for ours, expected in zip(
        signals_of(tied, network, state, image, target)[1].of,
        rules.backprop(network, state, image, target).of,
        strict=True,
    ):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-14)


@pytest.mark.long
def test_node_perturbation_is_the_gradient_on_average():
    """Over many draws of noise, as far as their number goes: the error of a mean of n is one by the root of n."""
    settings, network, state, image, target = made(3, rule="node_perturbation", noise=0.001)
    ideal = rules.backprop(network, state, image, target).of
    draws = 1000

    def mean_signal(step):
        rates = network.rates(state["W"], state["c"], image)
        keys = jax.random.split(jax.random.key(5), draws)
        each = jax.vmap(lambda key: rules.signals(settings, network, state, rates, target, 1.0, key, step).of)(keys)
        return [of.mean(axis=0) for of in each]

    for k in range(3):
        found = mean_signal(k)
        for other in range(3):
            if other != k:
                assert float(jnp.abs(found[other]).max()) == 0
        n = ideal[k].shape[1]
        # A signal of n units has an error of about its own length times sqrt(n / draws).
        off = float(jnp.linalg.norm(found[k] - ideal[k]) / jnp.linalg.norm(ideal[k]))
        assert off < 1.3 * np.sqrt((n + 1) / draws)


# ---- the network -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer", [Dense((4, 4, 2), 7), Convolution((9, 8, 2), 5, 3, 2), Convolution((7, 7, 3), 4, 5, 1)]
)
def test_down_is_the_transpose_of_up(layer):
    rng = np.random.default_rng(7)
    W = jnp.asarray(rng.normal(size=layer.weights))
    below, above = jnp.asarray(rng.normal(size=(3, *layer.below))), jnp.asarray(rng.normal(size=(3, *layer.above)))
    assert layer.up(W, below).shape == above.shape
    up = (layer.up(W, below) * above).reshape(3, -1).sum(axis=1)
    np.testing.assert_allclose(up, (below * down(layer, W, above)).reshape(3, -1).sum(axis=1), rtol=1e-10)


def test_a_convolution_is_a_sum_over_a_square():
    layer, rng = Convolution((7, 6, 2), 3, 3, 2), np.random.default_rng(8)
    W, below = rng.normal(size=layer.weights), rng.normal(size=(2, *layer.below))
    found = layer.up(jnp.asarray(W), jnp.asarray(below))
    assert found.shape == (2, *layer.above) == (2, 3, 2, 3)
    for i in range(3):
        for j in range(2):
            square = below[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            np.testing.assert_allclose(found[:, i, j], np.einsum("bxyc,xycf->bf", square, W), rtol=1e-9)


@pytest.mark.parametrize("units", [LOGISTIC, RELU], ids=["logistic", "relu"])
def test_the_gain_is_slope_by_rate(units):
    v = jnp.linspace(-5, 5, 41)[np.arange(41) != 20]
    slope = jax.vmap(jax.grad(units.rate))(v)
    np.testing.assert_allclose(units.gain(units.rate(v)) * units.rate(v), slope, rtol=1e-9, atol=1e-15)


def test_angles():
    a = jnp.array([1.0, 0, 0], jnp.float32)
    for wanted in (0, 1e-3, 0.4, 45, 90, 179.9):
        b = jnp.array([np.cos(np.radians(wanted)), np.sin(np.radians(wanted)), 0], jnp.float32)
        assert float(measures.angle(a, 3 * b)) == pytest.approx(wanted, rel=1e-3, abs=1e-4)
    assert float(measures.angle(a, 0 * a)) == pytest.approx(90, abs=1e-3)


def test_the_published_network():
    """32x32 images in colour: 2304 units below the dense layers, as in the authors' program."""
    layers = layers_of(PRESETS["cifar10"], (32, 32, 3), 10)
    assert [layer.above for layer in layers] == [(14, 14, 64), (5, 5, 128), (3, 3, 256), (1024,), (10,)]
    assert layers[3].weights == (2304, 1024)
