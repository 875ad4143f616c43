"""Where a figure is seen: on a screen, in a paper, in a talk (the sizes: analysis/figures.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import RunError

MEDIA = ("screen", "paper", "talk")


def drawn(draw: Callable[[], Any], medium: str, run: Mapping[str, Any] | None = None) -> Any:
    """The figure that `draw` draws, for a medium; one without a title says what run it is of, if that is told.

    Raises
    ------
    RunError
        For another medium.
    """
    check(medium)
    from burstlab.analysis import figures  # matplotlib takes its time

    return figures.drawn(draw, medium, figures.named(run) if run else "")


def check(medium: str) -> None:
    """Refuse what is no medium."""
    if medium not in MEDIA:
        raise RunError(f"no medium {medium!r} for a figure: it is drawn for {', '.join(MEDIA[:-1])} or {MEDIA[-1]}")


def name(medium: str) -> str:
    """The name of a figure's files, without suffix: only those for a screen are "figure"."""
    return "figure" if medium == "screen" else f"figure-{medium}"
