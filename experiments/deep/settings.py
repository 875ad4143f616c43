"""Settings of `deep`: images, network, rule, and how it learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Quantity

from burstlab.models.parameters import PAYEUR, ParameterError, check, choice, integer, integers, quantity, text

from ..learning import data as images

PAYEUR_DEEP = "program of Payeur et al. 2021 for deep networks"
GREEDY = "Greedy et al. 2022"
RULES = ("burst", "one_phase", "backprop", "feedback_alignment", "node_perturbation")
FEEDBACKS = ("symmetric", "learned", "random")
FASHION = "/usr/share/datasets/fashion-mnist"  # where Debian's package has it


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment."""

    data: str = text(images.DIGITS, "images: digits, or a folder or file of images")
    validation: int = integer(
        0, 0, 1000000, "training images that are set apart: errors are theirs, the test part is not looked at"
    )
    rule: str = choice("burst", RULES, "what teaches the hidden layers")
    feedback: str = choice(
        "learned", FEEDBACKS, "weights that lead down: those that lead up, learned with them (Kolen-Pollack), or fixed",
        PAYEUR,
    )  # fmt: skip
    recurrent: str = choice(
        "on",
        ("on", "off"),
        "recurrent weights Z that make burst probability linear; of dense layers, rule burst",
        PAYEUR,
    )
    network: str = choice("dense", ("dense", "convolutional"), "whether convolutions come before the dense layers")
    hidden: tuple = integers((100, 100), 1, 100000, "units of each dense hidden layer", length=None)
    filters: tuple = integers((64, 128, 256), 1, 10000, "filters of each convolution", PAYEUR_DEEP, length=None)
    kernels: tuple = integers((5, 5, 3), 1, 100, "height and width of the filters", PAYEUR_DEEP, length=None)
    strides: tuple = integers((2, 2, 1), 1, 100, "strides of the filters", PAYEUR_DEEP, length=None)
    units: str = choice("logistic", ("logistic", "relu"), "event rate of hidden units against their potential", PAYEUR)
    gain: Quantity = quantity(
        1, None, 0, 100, "of the first weights' spread, over that of Glorot & Bengio (2010)", PAYEUR_DEEP
    )
    batch: int = integer(10, 1, 1000000, "images between two changes of weights")
    epochs: int = integer(20, 1, 100000, "times that all training images are shown")
    eta: Quantity = quantity(0.3, None, 0, 1e6, "learning rate, of a batch's mean gradient")
    schedule: str = choice("constant", ("constant", "linear"), "learning rate over epochs; linear ends near zero")
    momentum: Quantity = quantity(0.8, None, 0, 0.9999, "part of the last change in the next one", PAYEUR_DEEP)
    decay: Quantity = quantity(1e-6, None, 0, 1, "part of weights that is lost with each change", PAYEUR_DEEP)
    eta_recurrent: Quantity = quantity(1e-4, None, 0, 1, "learning rate of Z", PAYEUR_DEEP)
    cancelling: str = choice(
        "balanced", ("balanced", "learned"), "weights Q of events in one_phase: p_b Y, or on their way there", GREEDY
    )
    eta_cancelling: Quantity = quantity(1e-3, None, 0, 1, "learning rate of Q, where it learns")
    beta: Quantity = quantity(
        1, None, 1e-4, 1000, "slope of burst probability against apical drive; one_phase has four times it", PAYEUR
    )
    p0: Quantity = quantity(0.2, None, 0.01, 0.5, "burst probability of the output without a teacher", PAYEUR)
    noise: Quantity = quantity(0.0316, None, 1e-6, 100, "SD of what node_perturbation adds to potentials", PAYEUR_DEEP)
    augment: str = choice(
        "off", ("off", "crop_flip"), "training images moved by up to 4 pixels and mirrored at random", PAYEUR_DEEP
    )
    device: str = choice("cpu", ("cpu", "gpu"), "what computes")

    def __post_init__(self) -> None:
        check(self)
        if len({len(each) for each in (self.filters, self.kernels, self.strides)}) > 1:
            raise ParameterError("filters, kernels and strides: one value of each is needed for each convolution")

    @property
    def duration(self) -> int:
        """How long a run is, in epochs."""
        return self.epochs

    @property
    def has_bursts(self) -> bool:
        """Whether units have burst probabilities."""
        return self.rule in ("burst", "one_phase")

    @property
    def has_feedback(self) -> bool:
        """Whether there are weights that lead down."""
        return self.rule in ("burst", "one_phase", "feedback_alignment")


PRESETS = {
    "quick": Config(),
    "fashion": Config(data=FASHION, hidden=(500, 500, 500), epochs=10, batch=32),
    "mnist": Config(data="mnist", hidden=(500, 500, 500), epochs=15, batch=32),
    "cifar10": Config(
        data="cifar-10-batches-bin", network="convolutional", hidden=(1024,), epochs=400, batch=32,
        augment="crop_flip", momentum=0.9, eta=0.1,
    ),
}  # fmt: skip


def data(config: Config) -> dict[str, Any]:
    """What config.json says of the images; settings that do not fit them are refused.

    Raises
    ------
    ParameterError
    """
    about = images.describe(config.data)
    left = about["train"] - config.validation
    if left < config.batch:
        apart = f" less validation = {config.validation}" if config.validation else ""
        raise ParameterError(f"batch = {config.batch}: more than the {about['train']} training images{apart} there are")
    if config.network == "convolutional":
        size = about["shape"][:2]
        for k, (kernel, stride) in enumerate(zip(config.kernels, config.strides, strict=True)):
            if kernel > min(size):
                raise ParameterError(
                    f"kernels = {', '.join(map(str, config.kernels))}: the layer below convolution {k + 1} has only "
                    f"{size[0]} x {size[1]} units; take smaller kernels, or network=dense"
                )
            size = [(each - kernel) // stride + 1 for each in size]
    return about
