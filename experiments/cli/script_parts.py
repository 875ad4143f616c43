"""Populations as parts of groups in a script: a line each, or one for all units of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise

_MOST_LINES = 4  # for parts of one kind

Place = tuple[str, int, int]  # group, first cell, end


@dataclass(frozen=True)
class Part:
    """Parts of a group that a line of the script makes, and what each is called after it."""

    group: str
    line: str
    names: Mapping[Place, str]


def parts(places: Mapping[str, Place], taken: Set[str]) -> Iterator[Part]:
    """The lines that make populations.

    Parameters
    ----------
    places : mapping of str to (str, int, int)
        Where each population is. Those called alike but for a number, such as hidden1 to hidden12, are one list where
        they are of one size and as far from each other.
    taken : set of str
        Names that the script has for something else.
    """
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for name, (group, *_) in places.items():
        before, _, after = re.fullmatch(r"(.*?)(\d*)(\D*)", name).groups()  # type: ignore[union-attr]  # matches all
        kinds.setdefault((group, before.rstrip("_"), after), []).append(name)
    for (group, before, after), names in kinds.items():
        mine, listed = [places[name] for name in names], f"{before}{after}_units"
        begins = [begin for _, begin, _ in mine]
        sizes = {end - begin for _, begin, end in mine}
        steps = {later - begin for begin, later in pairwise(begins)}
        if len(names) > _MOST_LINES and len(sizes) == len(steps) == 1 and listed not in {*taken, *places}:
            (size,), (step,) = sizes, steps
            cells = f"{group}[k:k + {size}] for k in range({begins[0]}, {begins[-1] + 1}, {step})"
            line = f"{listed} = [{cells}]  # {names[0]} to {names[-1]}"
            yield Part(group, line, {place: f"{listed}[{k}]" for k, place in enumerate(mine)})
        else:
            for name, (_, begin, end) in zip(names, mine, strict=True):
                yield Part(group, f"{name} = {group}[{begin}:{end}]", {(group, begin, end): name})
