"""Learning in `deep`: batches, changes of weights, errors and what is measured after each epoch.

Weights change as in the authors' program, for every rule alike: with momentum, m <- mu m + eta g and W <- W + m -
lambda W, where g is what the signals of a batch do to them; biases do not decay. Feedback that learns changes by the
same g as the weights it runs beside (Kolen & Pollack 1994), so that both approach each other as what they began with
decays and what they have learned grows. Z <- Z + eta_r sum over the batch of b~ u, Q <- Q + eta_Q sum of u e: both
make |u| fall. Q is p_b Y, or begins so and follows Y as that learns. Where it does not follow closely, what it is out
of balance teaches the hidden layers far more than any error does, until they say the same to all images.

The order of the images in an epoch and all noise follow from the seed and the number of the epoch, so a run that goes
on from a checkpoint needs no more than weights and changes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..contract.randomness import experiment_generator
from ..contract.work import Work
from ..errors import RunError
from ..learning import data as images
from ..learning.data import Dataset
from . import measures, rules
from .network import UNITS, Arrays, Dense, Network, initial, layers_of
from .settings import Config

State = dict[str, Arrays]
CHUNK = 100  # batches between two words about progress
# Weights of logistic units do not overflow, but at this size nothing is left to learn.
MOST_WEIGHT = 1e4
_CROP = 4  # pixels


def compute(config: Config, seed: int, work: Work) -> dict[str, np.ndarray]:
    """Train a network; see `Experiment.compute`."""
    try:
        with jax.default_device(_device(config.device)), jax.default_matmul_precision("float32"):
            return _trained(config, seed, work)
    except jax.errors.JaxRuntimeError as error:  # such as too little memory on a GPU
        raise RunError(f"JAX: {str(error).splitlines()[0]}") from None


def _device(name: str) -> Any:
    try:
        return jax.devices(name)[0]
    except RuntimeError as error:
        why = " ".join(str(error).split())
        raise RunError(f"device = {name}: JAX has none on this machine ({why})") from None


def _trained(config: Config, seed: int, work: Work) -> dict[str, np.ndarray]:
    dataset = images.read(config.data)
    trainer = Trainer(config, dataset, seed)
    saved = work.load()
    if saved is None:
        state, done, kept = trainer.begin(), 0, {}
        kept = {name: [value] for name, value in trainer.measured(state).items()}
    else:
        state, kept = trainer.restored(saved)
        done = len(kept["error"]) - 1
    work.progress(done, config.epochs)
    while done < config.epochs and trainer.diverged(state) is None:
        state = trainer.epoch(state, done, work)
        done += 1
        for name, value in trainer.measured(state).items():
            kept[name].append(value)
        if work.is_due(done) and done < config.epochs:
            work.save(trainer.saved(state, kept))
        work.progress(done, config.epochs)
    last = trainer.diverged(state)
    raw = {f"epoch/{name}": np.stack(values) for name, values in kept.items()}
    return raw | trainer.measured_last(state) | ({} if last is None else last)


class Trainer:
    """A network with its images, and what changes its weights."""

    def __init__(self, config: Config, dataset: Dataset, seed: int) -> None:
        self.config, self.seed = config, seed
        self.network = Network(layers_of(config, dataset.shape, dataset.classes), UNITS[config.units])
        self.classes = dataset.classes
        n = dataset.n_train - config.validation
        first, end = (n, dataset.n_train) if config.validation else (dataset.n_train, len(dataset.images))
        train, _ = dataset.part(0, n)
        self.mean, self.sd = float(train.mean(dtype=np.float64)), float(train.std(dtype=np.float64))
        shaped = dataset.images if dataset.images.ndim == 4 else dataset.images[..., None]
        self.n = n
        # As they are kept in the file: four times smaller than numbers.
        self.images, self.labels = jnp.asarray(shaped[:n]), jnp.asarray(dataset.labels[:n].astype(np.int32))
        self.shown, self.wanted = jnp.asarray(shaped[first:end]), np.asarray(dataset.labels[first:end])
        self.steps = n // config.batch
        self.key = jax.random.key(int(np.random.SeedSequence(seed).generate_state(1)[0]))
        self._advance = jax.jit(self._several, donate_argnums=0)
        self._answers = jax.jit(lambda state, shown: self._rates(state, self._prepared(shown))[-1].argmax(axis=-1))
        self._probe = jax.jit(functools.partial(measures.probe, config, self.network))
        n_probe = min(measures.PROBED, n)
        self.probe = self._prepared(self.images[:n_probe]), self._targets(self.labels[:n_probe])

    def begin(self) -> State:
        """First weights, the same for every rule; what other rules do not have is drawn after them."""
        rng, config, network = experiment_generator(self.seed, 1), self.config, self.network
        W, Y, Q = (initial(network, float(config.gain), rng) for _ in range(3))
        for found in (Y, Q):
            found[0] = np.zeros(0, np.float32)  # nothing leads down to the image
        recurrent = config.rule == "burst" and config.recurrent == "on"
        Z = [
            rng.uniform(-0.01, 0.01, (layer.n,) * 2).astype(np.float32)
            if recurrent and isinstance(layer, Dense) and k < len(network) - 1
            else np.zeros((0, 0), np.float32)
            for k, layer in enumerate(network.layers)
        ]
        own = config.has_feedback and config.feedback != "symmetric"
        learned = own and config.feedback == "learned"
        cancels = config.rule == "one_phase" and config.cancelling == "learned"
        c = [np.zeros(layer.above[-1:], np.float32) for layer in network.layers]
        # The output begins at the mean of the targets: from 1/2, all of it is first driven into saturation.
        c[-1] -= np.float32(np.log(self.classes - 1))
        state = {
            "W": W,
            "c": c,
            "Y": Y if own else [],
            "Q": [rules.P_B * each for each in (Y if own else W)] if cancels else [],
            "Z": Z,
        }
        state |= {f"change of {name}": [np.zeros_like(each) for each in state[name]] for name in ("W", "c")}
        state["change of Y"] = [np.zeros_like(each) for each in Y] if learned else []
        return {name: tuple(jnp.asarray(each) for each in found) for name, found in state.items()}

    # ---- learning ----------------------------------------------------------------------------------------------------

    def epoch(self, state: State, number: int, work: Work) -> State:
        """Every training image once, in random order; what is left over for a last smaller batch is left out."""
        order = experiment_generator(self.seed, 2 + number).permutation(self.n)[: self.steps * self.config.batch]
        batches = jnp.asarray(order.reshape(self.steps, -1).astype(np.int32))
        eta = float(self.config.eta) * (1 - number / self.config.epochs if self.config.schedule == "linear" else 1)
        for begin in range(0, self.steps, CHUNK):
            end = min(begin + CHUNK, self.steps)
            state = self._advance(state, batches, begin, end, number * self.steps, eta)
            jax.block_until_ready(state["c"])
            work.progress(number + end / self.steps, self.config.epochs)
        return state

    def _several(self, state: State, batches: jax.Array, begin: Any, end: Any, before: Any, eta: Any) -> State:
        def one(k: Any, state: State) -> State:
            key = jax.random.fold_in(self.key, before + k)
            image = self._prepared(self.images[batches[k]])
            if self.config.augment == "crop_flip":
                image = _moved(image, jax.random.fold_in(key, 1))
            return self.step(state, image, self._targets(self.labels[batches[k]]), key, before + k, eta)

        return jax.lax.fori_loop(begin, end, one, state)

    def step(self, state: State, image: jax.Array, target: jax.Array, key: jax.Array, number: Any, eta: Any) -> State:
        """One batch: rates, signals, changes."""
        config, network = self.config, self.network
        rates = self._rates(state, image)
        found = rules.signals(config, network, state, rates, target, float(config.beta), key, number)
        W, c = network.changes(rates, found.of)
        new, mu, decay = dict(state), float(config.momentum), float(config.decay)
        for name, by, lost in (("W", W, decay), ("c", c, 0.0), ("Y", (state["Y"] or W)[:1] + W[1:], decay)):
            if state.get(f"change of {name}"):
                change = tuple(mu * m + eta * g for m, g in zip(state[f"change of {name}"], by, strict=True))
                new[f"change of {name}"] = change
                new[name] = tuple(w + m - lost * w for w, m in zip(state[name], change, strict=True))
        if config.rule == "burst":
            new["Z"] = tuple(
                z + float(config.eta_recurrent) * (found.tilde[k].T @ found.drive[k]) if z.size else z
                for k, z in enumerate(state["Z"])
            )
        if state["Q"]:
            new["Q"] = _cancelling(network, state["Q"], rates, found.drive, float(config.eta_cancelling))
        return new

    def _rates(self, state: State, image: jax.Array) -> tuple[jax.Array, ...]:
        return self.network.rates(state["W"], state["c"], image)

    def _prepared(self, shown: jax.Array) -> jax.Array:
        """Images as the network sees them: mean 0 and SD 1 over all pixels of the training images."""
        scale = 255 if shown.dtype == jnp.uint8 else 1
        return (shown.astype(jnp.float32) / scale - self.mean) / self.sd

    def _targets(self, labels: jax.Array) -> jax.Array:
        return jax.nn.one_hot(labels, self.classes, dtype=jnp.float32)

    # ---- what is kept ------------------------------------------------------------------------------------------------

    def measured(self, state: State) -> dict[str, np.ndarray]:
        """After an epoch: the part of images that is not recognised, and what measures.py says of signals."""
        chunks = range(0, len(self.wanted), 1000)
        answers = np.concatenate([np.asarray(self._answers(state, self.shown[k : k + 1000])) for k in chunks])
        found = self._probed(state, 1.0)
        last = {name for name in found if name.startswith(measures.LAST)}
        return {"error": np.mean(answers != self.wanted)} | {name: found[name] for name in found if name not in last}

    def measured_last(self, state: State) -> dict[str, np.ndarray]:
        """At the end: distributions, and angles against the slope of burst probability."""
        if not self.config.has_bursts:
            return {}
        at = {slope: self._probed(state, slope) for slope in measures.SLOPES}
        last = {name: each for name, each in at[1.0].items() if name.startswith(measures.LAST)}
        return {name.removeprefix(measures.LAST): each for name, each in last.items()} | {
            "beta/value": np.array(measures.SLOPES) * float(self.config.beta),
            "beta/angle_update": np.stack([each["angle_update"] for each in at.values()]),
        }

    def _probed(self, state: State, slope: float) -> dict[str, np.ndarray]:
        found = self._probe(state, *self.probe, slope * float(self.config.beta))
        return {name: np.asarray(each) for name, each in found.items()}

    def diverged(self, state: State) -> dict[str, np.ndarray] | None:
        """The weights of the first layer that are not finite, or beyond all use; None if all is well."""
        for k, W in enumerate(state["W"]):
            if not float(jnp.abs(W).max()) < MOST_WEIGHT:
                name = "output" if k == len(self.network) - 1 else f"hidden layer {k + 1}"
                return {f"last|{name}|weights|": np.asarray(W), "beyond": np.asarray(float(jnp.abs(W).max()))}
        return None

    def saved(self, state: State, kept: Mapping[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
        """All that a run needs to go on."""
        found = {f"state/{name}/{k}": np.asarray(each) for name, all_ in state.items() for k, each in enumerate(all_)}
        return found | {f"kept/{name}": np.stack(values) for name, values in kept.items()}

    def restored(self, saved: Mapping[str, np.ndarray]) -> tuple[State, dict[str, list[np.ndarray]]]:
        """The same again."""
        state = {
            name: tuple(jnp.asarray(saved[f"state/{name}/{k}"]) for k in range(len(all_)))
            for name, all_ in self.begin().items()
        }
        return state, {name[5:]: list(values) for name, values in saved.items() if name.startswith("kept/")}


def _cancelling(network: Network, Q: Arrays, rates: Arrays, drive: Arrays, eta: float) -> Arrays:
    """Weights that come to predict what events alone make of the apical drive."""
    new = [Q[0]]
    for k in range(1, len(network)):
        # Of the shape of what leads up: u stands below, e above.
        _, pull = jax.vjp(lambda W, k=k: network.layers[k].up(W, drive[k - 1]), Q[k])
        new.append(Q[k] + eta * pull(rates[k + 1])[0])
    return tuple(new)


def _moved(image: jax.Array, key: jax.Array) -> jax.Array:
    """Each image moved by some pixels, with its mean around it, and mirrored or not."""
    place, mirror = jax.random.split(key)
    batch, height, width, channels = image.shape
    padded = jnp.pad(image, ((0, 0), (_CROP, _CROP), (_CROP, _CROP), (0, 0)))
    corner = jax.random.randint(place, (batch, 2), 0, 2 * _CROP + 1)
    cut = jax.vmap(lambda one, at: jax.lax.dynamic_slice(one, (at[0], at[1], 0), (height, width, channels)))
    moved = cut(padded, corner)
    return jnp.where(jax.random.bernoulli(mirror, 0.5, (batch, 1, 1, 1)), moved[:, :, ::-1], moved)
