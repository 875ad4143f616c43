"""What variables of a script are, in words: those of the parameters that they are, and of kinds of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from burstlab.models.parameters import walk

# What is said of other choices of an experiment, and names that are not the script's.
_OF_OTHERS = re.compile(r",? where \w+ = \w+| \(tau_\w+\)")


@dataclass(frozen=True)
class Meanings:
    """Of parameters, by name, and of variables of cells, by group and name."""

    parameters: Mapping[str, str]
    cells: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, experiment: Any, config: Any) -> Meanings:
        """Those of an experiment."""
        cells: dict[str, dict[str, str]] = {}
        for one in experiment.populations(config).values() if experiment.populations is not None else ():
            cells.setdefault(one.group, {}).update(one.meanings)
        return cls({name: _OF_OTHERS.sub("", known.meaning) for name, known, _ in walk(config)}, cells)

    def of_cells(self, group: str, name: str, parts: Sequence[str]) -> str:
        """A variable of cells: the parameter that it is, those of the parts of its group, or what the cell has."""
        base, _, suffix = name.rpartition("_")
        for known in (f"{group}_{name}", name, f"{suffix}_{base}", f"{name}_{group}"):
            if known in self.parameters:
                return self.parameters[known]
        of_parts = (self.parameters[known] for known in _of_parts(name, parts) if known in self.parameters)
        return "; ".join(dict.fromkeys(of_parts)) or self.cells.get(group, {}).get(name, "")

    def comment(self, name: str) -> str:
        """A parameter as a comment at the end of a line; an empty text if there is none of that name."""
        return f"  # {self.parameters[name]}" if name in self.parameters else ""


def _of_parts(name: str, parts: Sequence[str]) -> Iterator[str]:
    base = name.removesuffix("_bias").removeprefix("w_")
    for part in parts:
        yield f"{base}_{part}"
        yield f"{base}_{part.rstrip('0123456789')}"  # of a layer
