"""What the JSON files of runs, seeds, sweeps and reports hold, in one table, and the check of it when one is read.

Names that are not in the table are an experiment's own numbers, or of another version: they are left alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import RunError

# ---- kinds of values: these, `str`, `bool`, `float` for any number, None, and a tuple for one of several -------------


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` on."""

    low: int = 0


@dataclass(frozen=True)
class Like:
    """A text of the form of the example."""

    pattern: str
    example: str


@dataclass(frozen=True)
class Listed:
    """A list of values of one kind, of some length."""

    kind: Any
    least: int = 0
    most: float = math.inf


@dataclass(frozen=True)
class Named:
    """Values of one kind by any names, `least` of them or more."""

    kind: Any
    least: int = 0


@dataclass(frozen=True)
class Keys:
    """Values by names that must be there and names that may be there, each with its kind."""

    needed: Mapping[str, Any]
    possible: Mapping[str, Any] = field(default_factory=dict)


# ---- the table -------------------------------------------------------------------------------------------------------

_WORD = (str, float)
_SETTINGS = Named((str, float, Listed(_WORD)))
_TIME = _NUMBER = (float, None)  # null: not finite
_RUN_STATUS = Like("done|diverged|failed|pending|running", "done")
_ALL_STATUS = Like("done|incomplete", "done")
_REASONS = {"reason": str, "diverged": str, "undrawn": str}

_CONFIG = Keys(
    {
        "format": Whole(1),
        "experiment": str,
        "preset": str,
        "seed": Whole(),
        "backend": str,
        "float_bits": Whole(),
        "parameters": _SETTINGS,
    },
    {
        "versions": Named(str),
        "compile_flags": Listed(str),
        "weights": Keys({"sha256": Like("[0-9a-f]{64}", "e3b0c442...")}, {"folder": str, "file": str}),
        "data": Keys(
            {"sha256": Like("[0-9a-f]{64}", "e3b0c442...")},
            {"shape": Listed(Whole(1)), "inputs": Listed(str), "outputs": Listed(str)},
        ),
        "recording": Keys(
            {
                "cells": Named(Listed(Whole(), 1), 1),
                "sizes": Named(Whole(1), 1),
                "window": Listed(str, 2, 2),
            }
        ),
        "seeds": Listed(Whole(), 1),
        "vary": Named(Listed(_WORD, 1), 1),
        "over": Named(Listed(_WORD, 2, 2), 1),
        "design": Keys(
            {
                "method": Like("sobol|morris|local", "sobol"),
                "samples": Whole(1),
                "seeds": Whole(1),
                "of": Listed(str, 1),
                "sha256": Like("[0-9a-f]{64}", "e3b0c442..."),
            }
        ),
        "targets": Listed(
            Keys(
                {
                    "name": str,
                    "kind": Like("number|curve|spikes", "number"),
                    "keys": Listed(str, 1),
                    "wanted": Listed(float, 1),
                    "tolerance": Listed(float, 1),
                    "at": Listed(float, 1),
                    "axis": str,
                    "units": str,
                }
            ),
            1,
        ),
        "trials": Whole(1),
        "sources": str,
        "compiler": (str, None),
        "machine": str,
        "source": Keys({"sha256": Like("[0-9a-f]{64}", "e3b0c442...")}, {"file": str, "entry_point": str}),
    },
)
_REPORT_CONFIG = Keys({"format": Whole(1), "experiments": Named(str)}, {"versions": Named(str)})

_SUMMARY = Keys(
    {"experiment": str, "preset": str, "seed": Whole(), "status": _RUN_STATUS},
    {"simulated_s": _TIME, "compile_s": _TIME, "run_s": _TIME, "speed": _TIME, **_REASONS},
)
_SEEDS_SUMMARY = Keys(
    {
        "experiment": str,
        "preset": str,
        "seeds": Listed(Whole(), 1),
        "status": _ALL_STATUS,
        "done_count": Whole(),
        # The folder of each is one beside the summary, never a way to another place.
        "runs": Listed(
            Keys({"seed": Whole(), "status": _RUN_STATUS, "folder": Like(r"seed-\d+", "seed-1")}, _REASONS), 1
        ),
    },
    {"undrawn": str},
)
_SWEEP_SUMMARY = Keys(
    {
        "experiment": str,
        "preset": str,
        "status": _ALL_STATUS,
        "runs_count": Whole(1),
        "done_count": Whole(),
        "not_done": Listed(Keys({"run": Whole(), "seed": Whole(), "status": _RUN_STATUS, "reason": str})),
    },
    {
        "method": Like("sobol|morris|local|fit", "sobol"),
        "reached": bool,
        "within_count": Whole(),
        "best": Keys({"run": (Whole(), None), "loss": _NUMBER, "parameters": _SETTINGS, "distances": Named(_NUMBER)}),
        "spread": Named(Listed(float, 0, 3)),
        "correlation": Named(Named(_NUMBER)),
        "outputs": Named(
            Keys(
                {"defined_count": Whole(), "blocks_count": Whole(), "blocks_used": Whole(), "constant": bool},
                dict.fromkeys(("mean", "seed_share", "seed_share_low", "seed_share_high"), _NUMBER),
            ),
            1,
        ),
    },
)
_KEPT = Keys(
    {
        "experiment": str,
        "preset": str,
        "seed": Whole(),
        "parameters": _SETTINGS,
        "status": _RUN_STATUS,
        "checksum": str,
    },
    {"summary": _SUMMARY, "reason": str, "arrays": Named(Listed(_NUMBER))},
)
_STATE = Keys({"status": str}, {"format": Whole(1), "checkpoint": Whole()})
_REPORT = Keys({"format": Whole(1), "agrees": bool, "experiments": Listed(Keys({"experiment": str, "agrees": bool}))})


def _kind_of(name: str, content: Mapping[str, Any]) -> Keys:
    if name == "summary.json":
        told = {"runs_count": _SWEEP_SUMMARY, "runs": _SEEDS_SUMMARY, "parameters": _KEPT}
        return next((kind for key, kind in told.items() if key in content), _SUMMARY)
    if name == "config.json":
        return _REPORT_CONFIG if "experiments" in content else _CONFIG
    return {"state.json": _STATE, "report.json": _REPORT}[name]


# ---- reading ---------------------------------------------------------------------------------------------------------


def parse(path: Path) -> dict[str, Any]:
    """A JSON file whose numbers are finite and whose texts are whole.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If it is not there.
    RunError
        If it is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=_number, parse_float=_number, parse_int=_number)
        json.dumps(content, ensure_ascii=False).encode()  # fails for half a character
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or error
        raise RunError(f"{path} cannot be read: {' '.join(str(why).split())}") from None
    if not isinstance(content, dict):
        raise RunError(f"{path} is not from burstlab: {_shown(content)} is in it")
    return content


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{_cut(text)} is no finite number")
    return int(text) if re.fullmatch(r"-?\d+", text) else value


def check(path: Path, content: Mapping[str, Any]) -> None:
    """Refuse the content of a file that is not what burstlab writes into a file of this name.

    Raises
    ------
    RunError
        Naming the file, the entry, what is there, and what is needed.
    """
    wrong = _wrong("", content, _kind_of(path.name, content))
    if wrong is not None:
        raise RunError(f"{path}: {wrong}")


def _wrong(where: str, value: Any, kind: Any) -> str | None:
    """What is wrong with a value, or None."""
    if isinstance(kind, Keys) and isinstance(value, dict):
        missing = next((name for name in kind.needed if name not in value), None)
        if missing is not None:
            return f"{where + ' has' if where else 'there is'} no {missing}"
        known = {**kind.needed, **kind.possible}
        return _first(_wrong(_inside(where, name), item, known[name]) for name, item in value.items() if name in known)
    if isinstance(kind, Named) and isinstance(value, dict) and len(value) >= kind.least:
        return _first(_wrong(_inside(where, name), item, kind.kind) for name, item in value.items())
    if isinstance(kind, Listed) and isinstance(value, list) and kind.least <= len(value) <= kind.most:
        return _first(_wrong(f"{where}[{k}]", item, kind.kind) for k, item in enumerate(value))
    return None if _is(value, kind) else f"{where} is {_shown(value)}; needed is {_words(kind)}"


def _first(found: Iterable[str | None]) -> str | None:
    return next((wrong for wrong in found if wrong is not None), None)


def _inside(where: str, name: str) -> str:
    return f"{where}.{_cut(name)}" if where else name


def _is(value: Any, kind: Any) -> bool:
    if isinstance(kind, tuple):
        return any(_wrong("", value, one) is None for one in kind)
    if isinstance(kind, Whole):
        return isinstance(value, int) and not isinstance(value, bool) and value >= kind.low
    if isinstance(kind, Like):
        return isinstance(value, str) and re.fullmatch(kind.pattern, value) is not None
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return value is None if kind is None else isinstance(kind, type) and isinstance(value, kind)


_PLAIN = {str: "a text", float: "a number", bool: "true or false", None: "null"}


def _words(kind: Any) -> str:
    if isinstance(kind, tuple):
        return " or ".join(map(_words, kind))
    if isinstance(kind, Whole):
        return f"a whole number from {kind.low} on"
    if isinstance(kind, Like):
        return f'a text such as "{kind.example}"'
    if isinstance(kind, Listed):
        count = "" if not kind.least else f" {kind.least:g}" if kind.most == kind.least else f" at least {kind.least}"
        return f"a list of{count} ({_words(kind.kind)})"
    if isinstance(kind, Named):
        return f"an object that gives names {_words(kind.kind)}"
    return f"an object with {', '.join(kind.needed)}" if isinstance(kind, Keys) else _PLAIN[kind]


def _shown(value: Any) -> str:
    return _cut(json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
