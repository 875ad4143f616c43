"""Random numbers of a run: all of them follow from its label, the seed."""

from __future__ import annotations

import numpy as np


def brian_seed(seed: int) -> int:
    """The 32 bits that a run's label stands for; labels that follow each other share nothing."""
    return int(np.random.SeedSequence(seed).generate_state(1)[0])


def experiment_generator(seed: int, stream: int = 0) -> np.random.Generator:
    """Random numbers of an experiment's own, independent of its network's.

    Streams of learning networks: 0 orders of examples, 1 of targets, 2 weights, 3 feedback, 4 wiring.
    """
    return np.random.default_rng(np.random.SeedSequence(seed).spawn(stream + 1)[stream])
