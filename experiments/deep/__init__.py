"""Deep hierarchies of event rates and burst probabilities on images, beside backpropagation.

The ensemble level of Payeur et al. 2021 (Figs 5 and 6): a unit stands for many cells, its event rate and burst
probability are numbers, and there are no spikes. A dense or convolutional network classifies images; its hidden layers
are taught by bursts that come down from the output, in two phases (`rule=burst`) or in one (`one_phase`, Greedy et al.
2022), through weights that are those of the way up, learn beside them, or stay random. Backpropagation, feedback
alignment and node perturbation learn in the same code from the same first weights and the same batches, with the same
learning rate.

Learning rates are set on a part of the training images that is kept apart (`validation`); with 0 of them, errors are
those of the test part, the last epoch counts, and nothing is chosen by it. It is computed with JAX (extra `deep`).

Deviations from the authors' program: the learning rate is one number, and layers differ by what the slope of burst
probability asks for (rules.py), so that rules are compared and not rates; random feedback begins as the forward
weights do, not from N(0, 1), which would teach lower layers with larger steps; the output's first rate is 1 in the
number of classes; images are standardised with the mean and SD of their own training part.
"""

from __future__ import annotations

import numpy as np

from ..contract.work import Work
from ..errors import not_installed
from ..experiment import Experiment, Reference
from .results import analyse, plot, so_far
from .settings import PRESETS, Config, data


def compute(config: Config, seed: int, work: Work) -> dict[str, np.ndarray]:
    """Train the network; JAX is imported here, and nowhere else needed.

    Raises
    ------
    RunError
        Without JAX, or if it has not the device that is asked for.
    """
    try:
        import jax  # noqa: F401
    except ImportError:
        raise not_installed("deep", "JAX", "deep") from None
    from .training import compute as trained

    return trained(config, seed, work)


# Set before the runs on the test part, after those on a validation part of 200 images, whose errors are 3.5 to 4.5 %. A
# correlation over 500 images has a standard error of 0.045: from three of them on it is one.
REFERENCES = (
    Reference(
        name="test error of digits, learned feedback", key="error_percent", value=None, low=0, high=6, unit="%",
        source="burstlab",
    ),
    Reference(
        name="signals against backprop's, hidden 1", key="angle_signal_deg[0]", value=None, low=0, high=45,
        unit="degrees", source="burstlab",
    ),
    Reference(
        name="signals against backprop's, hidden 2", key="angle_signal_deg[1]", value=None, low=0, high=45,
        unit="degrees", source="burstlab",
    ),
    Reference(
        name="log variance of what is evoked with log cost, hidden 2", key="evoked_variance_against_cost[1]",
        value=None, low=0.15, high=1, source="Payeur et al. 2021, Extended Data Fig 9",
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    name="deep",
    meaning="deep hierarchies of event rate and burst probability on images, beside backpropagation",
    about=__doc__ or "",
    presets=PRESETS,
    expected_s={"quick": 15, "fashion": 120, "mnist": 180},
    headlines=("error_percent", "angle_signal_deg", "angle_feedback_deg"),
    preset_references={"quick": REFERENCES},
    counted="epochs",
    packages=("jax", "jaxlib"),
    data=data,
    compute=compute,
    analyse=analyse,
    plot=plot,
    so_far=so_far,
)
