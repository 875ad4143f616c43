"""Published numbers, and ours beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A published number, and how near ours must come.

    Attributes
    ----------
    name : str
        What it is, in words, for tables.
    key : str
        Where ours stands in summary.json: "range.lower_bp[0]" is the first of a list in a dictionary.
    value : float or None
        The published number; None where there is only a band.
    low, high : float
        Ours agrees from `low` to `high`, both included.
    unit : str
        Of the three numbers above.
    source : str
        Where it was published.
    """

    name: str
    key: str
    value: float | None
    low: float
    high: float
    unit: str = ""
    source: str = "Payeur et al. 2021"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A reference and our number, with its standard deviation over seeds; None where the run has none."""

    reference: Reference
    ours: float | None
    sd: float | None = None

    @property
    def agrees(self) -> bool:
        """Whether ours lies in the band."""
        return self.ours is not None and self.reference.low <= self.ours <= self.reference.high

    @property
    def difference(self) -> float | None:
        """Ours minus the published number, where there are both."""
        return None if self.ours is None or self.reference.value is None else self.ours - self.reference.value


def lookup(summary: Mapping[str, Any], key: str, over_seeds: str = "mean") -> float | None:
    """The number at a key of a summary, or of its mean in a summary over seeds; None if there is none.

    True is 1 and false 0, so over seeds it is the fraction of them.
    """
    first, *steps = re.findall(r"[^.\[\]]+", key)
    found: Any = summary[first] if first in summary else summary.get(f"{first}_{over_seeds}")
    try:
        for step in steps:
            found = found[step] if isinstance(found, Mapping) else found[int(step)]
        return None if found is None else float(found)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def compare(summary: Mapping[str, Any], references: Sequence[Reference]) -> list[Compared]:
    """Every reference with the number of a summary beside it."""
    return [
        Compared(reference=known, ours=lookup(summary, known.key), sd=_deviation(summary, known.key))
        for known in references
    ]


def _deviation(summary: Mapping[str, Any], key: str) -> float | None:
    first = re.split(r"[.\[]", key)[0]
    return lookup(summary, key, over_seeds="sd") if first not in summary else None
