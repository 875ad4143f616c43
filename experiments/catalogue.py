"""The experiments by name. What `burstlab list` says of them is here, so that it needs none of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from burstlab.equations.errors import ParameterError, nearest

from . import elsewhere
from .errors import RunError, option, option_of


class Listed(NamedTuple):
    """What `burstlab list` says of an experiment: its meaning, and simulated and expected time (s) of each preset.

    What is not simulated says in words how much is computed.
    """

    meaning: str
    presets: Mapping[str, tuple[float | str, float | None]]


# In the order of the paper's figures; what is not from it comes last. The name of each is that of its module.
LISTED: dict[str, Listed] = {
    "current_steps": Listed(
        "current steps into soma and dendrite of single cells: events, bursts, voltage traces",
        {"quick": (0.8, 1), "paper": (0.8, 1)},
    ),
    "response_curves": Listed(
        "f-I and BP curves of cells in background noise: event rate, burst probability against both currents",
        {"quick": (1.3, 1), "paper": (5.3, 20)},
    ),
    "pairing": Listed(
        "periodic, Poisson and burst-Poisson pairing of one synapse, beside the closed form",
        {"quick": (230, 20), "paper": (230, 80)},
    ),
    "plasticity_network": Listed(
        "the rule in a network: postsynaptic bursts teach, presynaptic bursts do not",
        {"quick": (58.5, 6), "paper": (170.5, 30)},
    ),
    "multiplexing": Listed(
        "event rates go up while burst probabilities come down between two populations",
        {"quick": (4, 2), "paper": (4, 6)},
    ),
    "transfer": Listed(
        "burst probability against dendritic current, and what moves and straightens the curve",
        {"quick": (63.1, 10), "paper": (117.1, 170)},
    ),
    "transmission": Listed(
        "what direct, depressing and facilitating synapses pass on of events and bursts",
        {"quick": (6, 2), "paper": (12, 8)},
    ),
    "xor": Listed(
        "XOR in continuous time: bursts from the output teach the hidden layer",
        {"quick": (8038.4, 170), "paper": (16070.4, 840)},
    ),
    "working_point": Listed(
        "event rates, burst probabilities and releases of the cells of xor_full, outside its loop",
        {"quick": (9, 8), "paper": (9, 60)},
    ),
    "xor_full": Listed(
        "XOR with dendrites that make the bursts and synapses that read them",
        {"quick": (6436.4, 300), "full": (6436.4, 600)},
    ),
    "learn": Listed(
        "a hierarchy of your own, taught a task of your own in one phase or two",
        {
            "quick": (616.1, 15),
            "full": (4024.1, 90),
            "digits": (23576.4, 330),
            "digits_few": (17828.4, 180),
            "digits_full": (11271, 360),
            "full_cells": (6436.4, 300),
        },
    ),
    "two_sites": Listed(
        "XOR by rate cells with two sites of integration, apart and mixed (Koerding & Koenig 2001)",
        {"quick": (10.008, 2), "paper": (10.008, 2)},
    ),
    "deep": Listed(
        "deep hierarchies of event rate and burst probability on images, beside backpropagation",
        {
            "quick": ("20 epochs", 15),
            "fashion": ("10 epochs", 120),
            "mnist": ("15 epochs", 180),
            "cifar10": ("400 epochs", None),
        },
    ),
}


class _Ours(Mapping[str, Any]):
    """Each `Experiment` of LISTED, imported when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        if name not in LISTED:
            raise KeyError(name)
        return importlib.import_module(f"{__package__}.{name}").EXPERIMENT

    def __iter__(self) -> Iterator[str]:
        return iter(LISTED)

    def __len__(self) -> int:
        return len(LISTED)


EXPERIMENTS = _Ours()


def find(name: str) -> Any:
    """The experiment of a name, ours or an installed package's, or of the file NAME.py.

    Raises
    ------
    ParameterError
        For an unknown name (the nearest one is offered), or a file or an entry point that gives no experiment.
    """
    if elsewhere.is_file(name):
        return _free(elsewhere.from_file(name), name)
    if name in EXPERIMENTS:
        return EXPERIMENTS[name]
    others = elsewhere.entry_points()
    if name in others:
        return elsewhere.from_entry_point(others[name])
    known = [*EXPERIMENTS, *others]
    raise ParameterError(
        f"unknown experiment {name!r}{nearest(name, known)} (there are {', '.join(known)}, or a file NAME.py)"
    )


def _free(experiment: Any, place: str) -> Any:
    if experiment.name in EXPERIMENTS:
        raise ParameterError(f"{place}: {experiment.name} is the name of an experiment of burstlab; take another")
    return experiment


def of_run(folder: Any, config: Mapping[str, Any]) -> Any:
    """The experiment of the run in a folder, from what its config.json says; of a file, one that the user has named.

    Raises
    ------
    RunError
        If it was made with a file that the user has not named, or that is another one now.
    """
    name, about = config["experiment"], config.get("source") or {}
    if "file" not in about:
        return find(name)
    if (found := elsewhere.loaded(name, about.get("sha256", ""))) is not None:
        return found
    if changed := elsewhere.others_of(name):
        raise RunError(f"{folder} was made with another content of {about['file']} than {changed[-1]} has now")
    raise RunError(
        f"{folder} was made with {about['file']}; no file is run because a folder names it: give it with "
        f"{option('experiment', 'FILE.py')}"
    )


def of_order(order: Mapping[str, Any]) -> Any:
    """The experiment of an order to a builder or a worker, which brings the text of a file."""
    if (text := order.get("text")) is None:
        return find(order["experiment"])
    return elsewhere.from_text(order["source"]["file"], text, order["source"]["sha256"])


def others() -> tuple[dict[str, Any], list[str]]:
    """The experiments of installed packages by name, and in words those that cannot be used."""
    found, troubles = {}, []
    for name, point in elsewhere.entry_points().items():
        try:
            experiment = elsewhere.from_entry_point(point)
            found[name] = _free(experiment, f"entry point {point.value}")
        except ParameterError as error:
            troubles.append(str(error))
    return found, troubles


# What may be taken for a parameter, and the function that has it as an argument.
_ARGUMENTS = dict.fromkeys(("seeds", "jobs", "scheduler", "resume", "vary"), "sweep") | dict.fromkeys(
    ("seed", "preset", "backend", "float_bits", "out", "force", "checkpoint", "weights", "record", "window",
     "memory_limit"), "run"
)  # fmt: skip


def configure(experiment: Any, preset: str, changes: dict[str, Any]) -> Any:
    """A preset's config with changes.

    Raises
    ------
    ParameterError
        For an unknown preset, an unknown parameter or a value that is not allowed.
    """
    from burstlab.models.parameters import walk, with_changes

    presets = experiment.presets
    if preset not in presets:
        raise ParameterError(
            f"unknown preset {preset!r} of {experiment.name}{nearest(preset, list(presets))} "
            f"(there are {', '.join(presets)})"
        )
    for name in filter(_ARGUMENTS.__contains__, changes):
        if all(name != known for known, _, _ in walk(presets[preset])):
            raise ParameterError(f"{name} is no parameter of {experiment.name}: {option_of(_ARGUMENTS[name], name)}")
    return with_changes(presets[preset], changes)
