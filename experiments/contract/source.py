"""Where an experiment is written, if not in this package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an experiment is written.

    Attributes
    ----------
    place : str
        The path of its file, or "module:name" of an entry point.
    sha256 : str
        Of the file, or of all of the package.
    text : str or None
        Of a file.
    """

    place: str
    sha256: str
    text: str | None = None

    def describe(self) -> dict[str, str]:
        """For config.json."""
        return {"file" if self.text is not None else "entry_point": self.place, "sha256": self.sha256}


def described(experiment: Any) -> dict[str, Any]:
    """What config.json says of where an experiment is written: nothing of ours."""
    return {} if experiment.source is None else {"source": experiment.source.describe()}


def ordered(experiment: Any) -> dict[str, Any]:
    """The same for who has to make it elsewhere, with the text of a file."""
    text = experiment.source.text if experiment.source is not None else None
    return described(experiment) | ({} if text is None else {"text": text})
