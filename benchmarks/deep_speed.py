"""Time per epoch of Fashion-MNIST of each rule of `deep`, and its ratio to backpropagation on the same machine.

python benchmarks/deep_speed.py [DATA]

A hundred batches of 32 through 784-500-500-500-10, the best of three, in turn over the rules so that what else the
machine does hits all of them; processor time of all threads, as other programs do not count in it. Needs the extra
`deep`.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from burstlab.analysis.deep import rule_name
from burstlab.experiments.contract.settings import settings
from burstlab.experiments.deep.settings import PRESETS
from burstlab.experiments.learning import data
from burstlab.models.parameters import with_changes

try:
    import jax.numpy as jnp

    from burstlab.experiments.deep.training import Trainer
except ImportError:
    sys.exit("this needs JAX: pip install 'burstlab[deep]'")

BATCHES, TIMES = 100, 3
RULES = [
    {"rule": "backprop"},
    *({"rule": "burst", "feedback": feedback} for feedback in ("symmetric", "learned", "random")),
    {"rule": "burst", "feedback": "learned", "recurrent": "off"},
    *({"rule": "one_phase", "feedback": feedback} for feedback in ("symmetric", "learned", "random")),
    {"rule": "feedback_alignment", "feedback": "random"},
    {"rule": "node_perturbation"},
]


def main() -> None:
    """Measure and print a table."""
    changes: dict[str, Any] = {"data": sys.argv[1]} if len(sys.argv) > 1 else {}
    configs = [with_changes(PRESETS["fashion"], {**changes, **rule}) for rule in RULES]
    dataset = data.read(configs[0].data)
    trainers = [Trainer(config, dataset, 1) for config in configs]
    order = np.random.default_rng(1).integers(0, trainers[0].n, (BATCHES, configs[0].batch))
    batches = jnp.asarray(order.astype(np.int32))
    taken: list[list[float]] = [[] for _ in trainers]
    for time_ in range(TIMES + 1):
        for trainer, each in zip(trainers, taken, strict=True):
            state = trainer.begin()
            began = time.process_time()
            state = trainer._advance(state, batches, 0, BATCHES, 0, 0.1)
            state["c"][0].block_until_ready()
            if time_:  # the first one compiles
                each.append((time.process_time() - began) * trainers[0].steps / BATCHES)
    print("| rule | s an epoch | times backprop |\n|---|---:|---:|")
    for config, each in zip(configs, taken, strict=True):
        print(f"| {rule_name(settings(config))} | {min(each):.1f} | {min(each) / min(taken[0]):.2f} |")


if __name__ == "__main__":
    main()
