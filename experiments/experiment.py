"""What an experiment is to the rest of the program: the network it describes, what it measures, what it offers.

A network is enough: what an experiment does not say of values, arrays and figures is as in contract/plain.py.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np
from brian2 import Quantity

from burstlab.equations.errors import ParameterError
from burstlab.models.parameters import as_html

from .contract import plain
from .contract.columns import columns
from .contract.model import Analysis, Array, Model, Output
from .contract.population import Population
from .contract.reference import Reference
from .contract.settings import parameter_rows
from .contract.source import Source
from .contract.states import bounds_of_last
from .contract.work import Work
from .errors import RunError, option

__all__ = ["Analysis", "Array", "Experiment", "Given", "Model", "Output", "Population", "Reference", "Work", "analysed"]


@dataclass(frozen=True, kw_only=True)
class Given:
    """How a run of an experiment begins with given weights and connectivity, those of another run or of a file.

    Attributes
    ----------
    build : callable, optional
        As `Experiment.build`; its network takes weights and connectivity as arguments. That of the experiment where it
        always does.
    config : callable
        config(config): what a config becomes with them.
    values : callable
        values(config, weights): {"object.variable": array} made of `weights.arrays`, which have the names that they
        have in results.h5; `weights.config` is the config.json of the run that they are from, or None.
    """

    build: Callable[[Any], Model] | None = None
    config: Callable[[Any], Any]
    values: Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Experiment:
    """An experiment: all that the program asks of one. A member that there is not is an error where it is made.

    Attributes
    ----------
    name : str
        What it is called on the command line: small letters, digits and `_`.
    meaning : str
        What it shows, in one line.
    presets : mapping of str to parameter set
        Its settings by name, the first one the default; each has a `dt` and a `duration`.
    build : callable
        build(config): the network as a `Model`; only structural settings of the config matter to it. An experiment that
        is no Brian2 network has `compute` instead.
    compute : callable, optional
        compute(config, seed, work): the raw arrays of a run by name, computed in this process; `work` is a `Work`. It
        may run in several threads at once. Nothing is compiled, and there is no backend.
    counted : str
        What the `duration` of a preset is counted in: seconds of simulated time, unless it is computed.
    packages : tuple of str
        Packages beside Brian2 and numpy whose versions decide the numbers of a run.
    data : callable, optional
        data(config): what config.json says of data from outside that a run reads, with its `sha256`. Other data make
        another run.
    values : callable, optional
        values(config, seed): every parameter and stimulus of a run, {"object.variable": value or array}, in SI units.
        By default each parameter that is not structural sets the variables of its name.
    analyse : callable, optional
        analyse(config, raw, seed): what is kept of the raw arrays of a run, an `Analysis`; by default every output.
    plot : callable, optional
        plot(result): the figure, from saved arrays alone; by default one panel for every array.
    about : str
        What is done and how, in paragraphs; a module's docstring.
    expected_s : mapping of str to float
        Wall time of each preset on one core, in s.
    seeds : mapping of str to int
        How many seeds a preset needs to be compared with what is published; 1 where it is not named.
    headlines : tuple of str, optional
        Entries of the summary that the table of a sweep shows; all single numbers by default.
    references : tuple of Reference
        Published numbers that every preset is compared with.
    preset_references : mapping of str to tuple of Reference
        Further ones of a preset.
    populations : callable, optional
        populations(config): {name: Population} of the cells that can be recorded; without `values`, every group by
        default. Arrays with a dimension "population" have rows for those of the first group, in this order.
    overlay : callable, optional
        overlay(runs): two runs in one figure; their figures beside each other by default.
    plot_seeds : callable, optional
        plot_seeds(summaries, n_seeds): a figure over several seeds, or None.
    over_seeds : callable, optional
        over_seeds(config, results): what a summary over seeds holds beside means and deviations.
    example_duration : callable, optional
        example_duration(config): simulated time between two moments at which a run may leave a checkpoint; runs of an
        experiment without it have none.
    so_far : callable, optional
        so_far(analyse, config, raw, seed): what is known of a run that is under way, an `Analysis`, or None as long as
        that is nothing. `raw` are the arrays of its last checkpoint, those of a network as long as they are by then;
        `analyse` is the experiment's. Its summary has `epochs_done` of `epochs`, where there are some, and no number
        that needs the end.
    given : Given, optional
        How a run begins with given weights.
    recorded : mapping of str to int
        How many cells of each population are recorded; set by engine/recorders.py.
    is_given : bool
        Whether its program is another one, for given weights; set by `with_given`.
    source : Source, optional
        Where it was written, if not in this package; set by elsewhere.py.
    """

    name: str
    meaning: str
    presets: Mapping[str, Any]
    build: Callable[[Any], Model] = None  # type: ignore[assignment]  # there is one of the two
    compute: Callable[[Any, int, Work], dict[str, np.ndarray]] | None = None
    counted: str = "s"
    packages: tuple[str, ...] = ()
    data: Callable[[Any], Mapping[str, Any]] | None = None
    values: Callable[[Any, int], dict[str, Any]] = None  # type: ignore[assignment]  # these three are set below
    analyse: Callable[[Any, dict[str, np.ndarray], int], Analysis] = None  # type: ignore[assignment]
    plot: Callable[[Any], Any] = plain.plot
    about: str = ""
    expected_s: Mapping[str, float] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    headlines: tuple[str, ...] | None = None
    references: tuple[Reference, ...] = ()
    preset_references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    populations: Callable[[Any], Mapping[str, Any]] | None = None
    overlay: Callable[[Sequence[Any]], Any] | None = None
    plot_seeds: Callable[[Sequence[Mapping[str, Any]], int], Any] | None = None
    over_seeds: Callable[[Any, Sequence[Any]], dict[str, Any]] | None = None
    example_duration: Callable[[Any], Quantity] | None = None
    so_far: Callable[[Any, Any, Any, int], Analysis | None] | None = None
    given: Given | None = None
    recorded: Mapping[str, int] = field(default_factory=dict)
    is_given: bool = False
    source: Source | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise ParameterError(f"name = {self.name!r}: small letters, digits and _ are needed")
        if not self.presets:
            raise ParameterError(f"{self.name}: no presets; one set of parameters is needed at least")
        for preset, config in self.presets.items():
            if not (dataclasses.is_dataclass(config) and hasattr(config, "duration")):
                raise ParameterError(f"{self.name}: preset {preset} is no parameter set with a duration")
        for member in ("expected_s", "seeds", "preset_references"):
            for preset in getattr(self, member):
                if preset not in self.presets:
                    there = ", ".join(self.presets)
                    raise ParameterError(f"{self.name}: {member} of {preset!r}, which is no preset (there are {there})")
        if (self.build is None) == (self.compute is None):
            raise TypeError(f"{self.name}: either build or compute is needed")
        if self.compute is not None:
            if self.analyse is None:
                raise TypeError(f"{self.name}: with compute, analyse is needed")
            return

        # Also where another network takes the place of the one that they belong to.
        if self.values is None or isinstance(self.values, plain.Values):
            object.__setattr__(self, "values", plain.Values(self.build))
            if self.populations is None or isinstance(self.populations, plain.Populations):
                object.__setattr__(self, "populations", plain.Populations(self.build))
        if self.analyse is None or isinstance(self.analyse, plain.Analyse):
            object.__setattr__(self, "analyse", plain.Analyse(self.build))

    def __repr__(self) -> str:
        return f"<Experiment {self.name}: {self.meaning}; presets {', '.join(self.presets)}>"

    def _repr_html_(self) -> str:
        preset, config = next(iter(self.presets.items()))
        said = f"{self.meaning}; presets {', '.join(self.presets)}"
        head = f"<strong>{escape(self.name)}</strong>: {escape(said)}<br>Parameters of {escape(preset)}:"
        return f"<div>{head}{as_html(config)}</div>"

    def takes_given(self) -> Given:
        """How a run begins with given weights.

        Raises
        ------
        ParameterError
            If it cannot.
        """
        if self.given is None:
            raise ParameterError(f"{option('weights')}: {self.name} takes no weights")
        return self.given

    def with_given(self) -> Experiment:
        """The experiment whose program takes given weights."""
        build = self.takes_given().build
        return self if build is None else replace(self, build=build, is_given=True)

    def references_of(self, preset: str) -> tuple[Reference, ...]:
        """What runs of a preset are compared with."""
        return self.references + self.preset_references.get(preset, ())


class _Help:
    """What help() says: of the class its docstring, of an experiment what it is and its parameters."""

    text = Experiment.__doc__

    def __get__(self, one: Experiment | None, kind: type) -> str | None:
        if one is None:
            return self.text
        preset, config = next(iter(one.presets.items()))
        parts = (
            f"{one.name}: {one.meaning}",
            one.about.strip(),
            f"Parameters, with the values of preset {preset}:",
            "\n".join(columns(parameter_rows(config))),
            "* another value needs another compiled program",
        )
        return "\n\n".join(part for part in parts if part)


Experiment.__doc__ = _Help()  # type: ignore[assignment]


def analysed(
    experiment: Experiment, config: Any, raw: dict[str, np.ndarray], seed: int, early: bool = False
) -> Analysis:
    """The experiment's analysis of a run; nothing but the reason of a run in which a last state has diverged.

    Raises
    ------
    RunError
        If a program ended `early` since a state had diverged, and none of the last states has.
    """
    last = Analysis(arrays={}, summary={}, bounds=bounds_of_last(raw))
    if early and last.divergence is None:
        raise RunError("the results are not whole: the program ended since a state had diverged, and no last state has")
    return last if last.divergence is not None else experiment.analyse(config, raw, seed)
