"""What each slider does to event rate and burst probability where all of them stand, and the way to wanted ones.

Both are measured by runs of `response_curves`, with each parameter a tenth lower and a tenth higher. From that, the way
to a wanted event rate and burst probability is the smallest change of all parameters of the cell, each relative to its
value (least squares of the logarithms); a few runs on the way correct the slopes (Broyden's method).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import live
from .live import Seen, Settings

PART = 0.1
# How near is near enough: some standard errors of a run of 20 cells for 1 s.
TOLERANCE = np.array([0.25, 0.02])  # Hz, 1
MOST_STEPS = 8
_LONGEST = 0.25  # step of the logarithm of a parameter
CELL = ("soma", "dendrite", "coupling")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a parameter does: change of event rate (Hz) and burst probability from a tenth below to a tenth above.

    Attributes
    ----------
    name : str
    change : array, shape (2,)
        NaN where a run has no burst probability.
    apart : float
        Distance of both runs in the logarithm of the parameter: less than of a tenth where more is not allowed.
    """

    name: str
    change: np.ndarray
    apart: float

    @property
    def slope(self) -> np.ndarray:
        """Change for a change of the logarithm by 1; 0 where it is not known."""
        return np.nan_to_num(self.change / self.apart)

    @property
    def text(self) -> str:
        """For people: what a tenth more does."""
        rate, probability = PART * self.change / self.apart
        shown = f"{100 * probability:+.1f} %" if np.isfinite(probability) else "unknown"
        return f"10 % more: event rate {rate:+.2f} Hz, burst probability {shown}"


def measured(seen: Seen) -> np.ndarray:
    """Event rate (Hz) and burst probability of a run of `response_curves`, NaN without events."""
    summary = seen.analysis.summary
    return np.array([summary["event_rate_Hz"][0], summary["burst_probability"][0]], dtype=float)


def neighbours(settings: Settings) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Settings with one parameter a tenth lower and higher, as far as is allowed; not of those that are 0."""
    found = {}
    for name, slider in live.sliders().items():
        value = settings[name]
        if value == 0 or "response_curves" not in slider.experiments:
            continue
        ends = (value * (1 - PART), value * (1 + PART))
        low, high = (float(np.clip(end, slider.known.low, slider.known.high)) for end in ends)
        if low != high:
            found[name] = (dict(settings) | {name: low}, dict(settings) | {name: high})
    return found


def effects(around: Mapping[str, tuple[Settings, Settings]], answers: Sequence[np.ndarray | None]) -> dict[str, Effect]:
    """What each parameter does.

    Parameters
    ----------
    around : mapping
        As from `neighbours`.
    answers : sequence of array or None
        What was measured with each of these settings, in order; None where there was no run.
    """
    found = {}
    pairs = zip(answers[::2], answers[1::2], strict=True)
    for (name, (one, other)), (low, high) in zip(around.items(), pairs, strict=True):
        if low is not None and high is not None:
            apart = float(np.log(other[name] / one[name]))
            found[name] = Effect(name=name, change=high - low, apart=apart)
    return found


# What is wanted next, or the end: settings, and what was measured there.
Way = Generator[Settings, "np.ndarray | None", tuple[Settings, np.ndarray]]


def way(settings: Settings, here: np.ndarray, known: Mapping[str, Effect], wanted: np.ndarray) -> Way:
    """Settings on the way to a wanted event rate and burst probability; what is measured there is sent back.

    Returns
    -------
    settings, measured
        The nearest that was found.
    """
    sliders = live.sliders()
    names = [name for name in known if sliders[name].group in CELL]
    slopes = np.array([known[name].slope for name in names]).T.reshape(2, -1)
    nearest = (settings, here)
    for _ in range(MOST_STEPS):
        off = (wanted - here) / TOLERANCE
        if not np.isfinite(off).all() or np.all(np.abs(off) <= 1):
            break
        step = np.linalg.lstsq(slopes / TOLERANCE[:, np.newaxis], off, rcond=1e-6)[0]
        step *= min(1.0, _LONGEST / max(np.abs(step).max(initial=0.0), 1e-12))
        after = dict(settings)
        for name, part in zip(names, step, strict=True):
            known_of = sliders[name].known
            after[name] = float(f"{np.clip(settings[name] * np.exp(part), known_of.low, known_of.high):.6g}")
        answer = yield after
        if answer is None or not np.isfinite(answer).all():
            break
        done = np.array([np.log(after[name] / settings[name]) for name in names])
        missed = (answer - here) - slopes @ done
        slopes = slopes + np.outer(missed, done) / max(float(done @ done), 1e-12)
        settings, here = after, answer
        if _far(here, wanted) < _far(nearest[1], wanted):
            nearest = (settings, here)
    return nearest


def _far(here: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.linalg.norm((here - wanted) / TOLERANCE))


def said(settings: Settings, before: Settings, here: np.ndarray, wanted: np.ndarray) -> str:
    """What came of it, for people."""
    reached = bool(np.all(np.abs(here - wanted) <= TOLERANCE))
    changed: list[tuple[float, str]] = sorted(
        ((settings[name] / before[name] - 1, name) for name in settings if settings[name] != before[name]),
        key=lambda pair: -abs(pair[0]),
    )
    most = ", ".join(f"{name} {100 * part:+.0f} %" for part, name in changed[:4])
    numbers = f"event rate {here[0]:.2f} Hz, burst probability {100 * here[1]:.1f} %"
    return f"{'fitted' if reached else 'not reached; the nearest'}: {numbers}" + (f" ({most}, ...)" if most else "")
