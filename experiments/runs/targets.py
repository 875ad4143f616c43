"""What a fit is to match: headline numbers, curves, or the spikes of a recorded cell; and how far a run is from it.

A target is a list of numbers, each with a tolerance. The distance of a run is the root mean square of
(number - wanted)/tolerance over the target, and a target is matched where that is 1 or less. Of

* a headline number, KEY=VALUE+-TOL, the tolerance is TOL, or 5 % of the value;
* a curve, the standard error in the file and that of the run, added as variances: of a model that is right, and as
  noisy as the recording says, the distance is about 1;
* spikes, 1 spike, 1 event and 1 burst of each current step, and 5 ms of the first spike.

A number that is not defined in a run counts as ten tolerances away.

Files are CSV with a unit in every header. The first columns are lists of the experiment (`dendritic_sweep (pA)`,
`somatic_current (pA)`): the fit sets them to what is in the file. The others are, of a curve, arrays of that list
(`burst_probability (1)`) with their errors (`burst_probability_error (1)`); of spikes, `spike_time (ms)`, a row for
each spike and one without a time for a step without spikes, counted from the begin of the run.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.analysis import bursts
from burstlab.models.parameters import Parameter, ParameterError, check_value, nearest, parse, walk

from ..errors import option

TOLERANCE_PART = 0.05
COUNT_TOLERANCE, LATENCY_TOLERANCE = 1.0, 0.005  # spikes, events or bursts; s
UNDEFINED = 10.0
# What measured columns may be in, and the SI unit of the array that they are compared with.
_UNITS = {
    "1": ("1", 1.0), "%": ("1", 0.01), "Hz": ("Hz", 1.0), "kHz": ("Hz", 1e3), "s": ("s", 1.0), "ms": ("s", 1e-3),
    "V": ("V", 1.0), "mV": ("V", 1e-3), "A": ("A", 1.0), "nA": ("A", 1e-9), "pA": ("A", 1e-12),
}  # fmt: skip
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SPIKE_TIME = "spike_time"
NEEDED = "KEY=VALUE+-TOL or FILE.csv is needed"  # of a text that is a target


@dataclass(frozen=True, kw_only=True)
class Target:
    """Numbers to match.

    Attributes
    ----------
    name : str
        What it is called in tables.
    kind : {"number", "curve", "spikes"}
    keys : list of str
        Of "number" and "spikes", numbers of the summary; of "curve", one array, and its name with "_error".
    wanted, tolerance : list of float
        In SI units.
    at : list of float
        Where they stand on the figure's axis.
    axis : str
        What that is.
    units : str
        Of a curve, the unit of its array.
    """

    name: str
    kind: str
    keys: list[str]
    wanted: list[float]
    tolerance: list[float]
    at: list[float]
    axis: str = ""
    units: str = ""

    def describe(self) -> dict[str, Any]:
        """As in config.json."""
        return asdict(self)

    def numbers(self, content: Mapping[str, Any], summary: Mapping[str, float]) -> np.ndarray:
        """What the record of a run has in the place of each wanted number, NaN where it is not defined.

        Raises
        ------
        ParameterError
            If a run of this experiment has nothing of the kind.
        """
        if self.kind != "curve":
            return np.array([_of(summary, key) for key in self.keys], dtype=float)
        values = content.get("arrays", {}).get(self.keys[0])
        if values is None or len(values) != len(self.wanted):
            there = "no such array" if values is None else f"{len(values)} values of it"
            raise ParameterError(
                f"{self.name}: {len(self.wanted)} values of {self.keys[0]} in {self.units} are needed, and a run of "
                f"{content['experiment']} gives {there}"
            )
        return _floats(values)

    def differences(self, content: Mapping[str, Any], found: np.ndarray) -> np.ndarray:
        """Differences to what is wanted, in tolerances."""
        tolerance = np.array(self.tolerance)
        if self.kind == "curve" and f"{self.keys[0]}_error" in content.get("arrays", {}):
            own = _floats(content["arrays"][f"{self.keys[0]}_error"])
            tolerance = np.hypot(tolerance, np.nan_to_num(own)) if len(own) == len(tolerance) else tolerance
        return np.nan_to_num((found - np.array(self.wanted)) / tolerance, nan=UNDEFINED)


def distance(differences: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(differences))))


def _of(numbers: Mapping[str, float], key: str) -> float:
    return numbers.get(key, numbers.get(key.removesuffix("[0]"), math.nan))


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


# ---- reading ---------------------------------------------------------------------------------------------------------


def read_targets(config: Any, texts: Sequence[str]) -> tuple[list[Target], dict[str, list[str]]]:
    """The targets that texts as on the command line stand for, and what has to be set for them.

    Parameters
    ----------
    config : parameter set
    texts : sequence of str
        KEY=VALUE, KEY=VALUE+-TOL, or the name of a CSV file.

    Returns
    -------
    targets, changes
        Of the second, lists of the experiment, such as the currents of a curve.

    Raises
    ------
    ParameterError
        Naming the text or the file, and what is needed.
    """
    found: list[Target] = []
    changes: dict[str, list[str]] = {}
    for text in texts:
        if text.endswith(".csv"):
            targets, more = _read_file(config, Path(text))
            for name in set(more) & set(changes):
                if more[name] != changes[name]:
                    raise ParameterError(
                        f"{text}: another file has other values of {name}; one fit has one list of them"
                    )
            changes |= more
            found += targets
        else:
            found.append(_read_number(text))
    if not found:
        raise ParameterError(f"a fit needs something to match: {NEEDED}, such as {such()}")
    names = [target.name for target in found]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"{name}: two targets of this name")
    return found, changes


def such() -> str:
    """A target, for messages."""
    return option("target", "burst_probability=0.3+-0.02")


def _read_number(text: str) -> Target:
    match = re.fullmatch(rf"\s*([^=\s]+)\s*=\s*({_NUMBER})\s*(?:(?:\+-|±)\s*({_NUMBER}))?\s*", text)
    if match is None:
        raise ParameterError(f"{option('target', text)}: {NEEDED}, such as {such()}")
    key, wanted = match[1], float(match[2])
    tolerance = abs(wanted) * TOLERANCE_PART if match[3] is None else float(match[3])
    if not (tolerance > 0 and math.isfinite(tolerance) and math.isfinite(wanted)):
        raise ParameterError(
            f"{option('target', text)}: how far it may be off is needed, such as {key}={match[2]}+-0.1"
        )
    return Target(name=key, kind="number", keys=[key], wanted=[wanted], tolerance=[tolerance], at=[0.0])


def _read_file(config: Any, file: Path) -> tuple[list[Target], dict[str, list[str]]]:
    names, units, columns = _columns(file)
    parameters = {name: (known, value) for name, known, value in walk(config)}
    lists = [name for name in names if name in parameters]
    for name in lists:
        if not parameters[name][0].several or parameters[name][0].kind != "quantity":
            raise ParameterError(f"{file}: {name} is one value, no list; set it, as a parameter of all runs")
    if names[: len(lists)] != lists or not lists:
        many = [name for name, (known, _) in parameters.items() if known.several and known.kind == "quantity"]
        raise ParameterError(
            f"{file}: the first column is {names[0]}{nearest(names[0], many)}; a list of the experiment is needed there"
            f" ({', '.join(many) or 'it has none'})"
        )
    if _SPIKE_TIME in names:
        return _spikes(file, config, parameters, lists, names, units, columns)
    return _curves(file, parameters, lists, names, units, columns)


def _columns(file: Path) -> tuple[list[str], list[str], list[list[str]]]:
    """Names, units and texts of the columns of a file."""
    try:
        with open(file, newline="", encoding="utf-8-sig") as opened:
            rows = [[cell.strip() for cell in row] for row in csv.reader(opened) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParameterError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
    if len(rows) < 2:
        raise ParameterError(f"{file}: a header and a row at least are needed")
    names, units = [], []
    for cell in rows[0]:
        match = re.fullmatch(r"(\w+)\s*\(([^()]+)\)", cell)
        if match is None:
            raise ParameterError(
                f"{file}: column {cell!r} has no unit; a header such as {cell or 'rate'} (Hz) is needed"
            )
        names.append(match[1])
        units.append(match[2].strip())
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            raise ParameterError(f"{file}, row {number}: {len(row)} cells, and the header has {len(names)}")
    return names, units, [[row[k] for row in rows[1:]] for k in range(len(names))]


def _numbers(file: Path, name: str, texts: Sequence[str], factor: float = 1.0) -> list[float]:
    try:
        values = [factor * float(text) for text in texts]
    except ValueError:
        wrong = next(text for text in texts if not re.fullmatch(_NUMBER, text))
        raise ParameterError(f"{file}: {name} = {wrong!r} is no number") from None
    if not np.isfinite(values).all():
        raise ParameterError(f"{file}: {name} has a value that is not finite")
    return values


def _list(file: Path, name: str, known: Parameter, unit: str, texts: Sequence[str]) -> list[str]:
    """Values of a list of the experiment, as in config.json."""
    _numbers(file, name, texts)
    try:
        values = parse(name, ", ".join(f"{text} {unit}" if unit != "1" else text for text in texts), known)
        return list(known.format(check_value(name, values, known)))
    except ParameterError as error:
        raise ParameterError(f"{file}: {error}") from None


def _measured(file: Path, name: str, unit: str) -> tuple[str, float]:
    if unit not in _UNITS:
        raise ParameterError(f"{file}: {name} is in {unit}, which is not one of {', '.join(_UNITS)}")
    return _UNITS[unit]


def _curves(
    file: Path, parameters: Mapping[str, Any], lists: list[str], names: list[str], units: list[str],
    columns: list[list[str]],
) -> tuple[list[Target], dict[str, list[str]]]:  # fmt: skip
    if len(lists) != 1:
        raise ParameterError(f"{file}: a curve goes along one list, and there are {' and '.join(lists)}")
    (along,), found = lists, []
    measured = [name for name in names[1:] if not name.endswith("_error")]
    if not measured:
        raise ParameterError(f"{file}: there is nothing beside {along}; a column such as event_rate (Hz) is needed")
    for name in measured:
        k = names.index(name)
        if f"{name}_error" not in names:
            raise ParameterError(
                f"{file}: a column {name}_error ({units[k]}) is needed, the standard errors to which {name} is matched"
            )
        error = names.index(f"{name}_error")
        base, factor = _measured(file, name, units[k])
        base_of_error, factor_of_error = _measured(file, names[error], units[error])
        if base != base_of_error:
            raise ParameterError(f"{file}: {name} is in {units[k]}, and its errors are in {units[error]}")
        errors = _numbers(file, names[error], columns[error], factor_of_error)
        if not min(errors) > 0:
            raise ParameterError(f"{file}: {names[error]} has a value that is not above 0")
        found.append(
            Target(
                name=name, kind="curve", keys=[f"{along}/{name}"], wanted=_numbers(file, name, columns[k], factor),
                tolerance=errors, at=_numbers(file, along, columns[0]), axis=f"{along} ({units[0]})", units=base,
            )
        )  # fmt: skip
    return found, {along: _list(file, along, parameters[along][0], units[0], columns[0])}


def _spikes(
    file: Path, config: Any, parameters: Mapping[str, Any], lists: list[str], names: list[str], units: list[str],
    columns: list[list[str]],
) -> tuple[list[Target], dict[str, list[str]]]:  # fmt: skip
    if names != [*lists, _SPIKE_TIME]:
        raise ParameterError(f"{file}: beside {', '.join(lists)} there is one column, {_SPIKE_TIME} (ms)")
    base, factor = _measured(file, _SPIKE_TIME, units[-1])
    if base != "s":
        raise ParameterError(f"{file}: {_SPIKE_TIME} is in {units[-1]}, which is no time")
    written = [_list(file, name, parameters[name][0], units[k], columns[k]) for k, name in enumerate(lists)]
    rows = list(zip(*written, strict=True))
    steps = list(dict.fromkeys(rows))
    times = [_numbers(file, _SPIKE_TIME, [text], factor)[0] if text else None for text in columns[-1]]
    begin, end = (float(parameters[name][1]) if name in parameters else 0.0 for name in ("onset", "duration"))
    for time in times:
        if time is not None and not begin <= time <= end:
            raise ParameterError(
                f"{file}: a spike at {1e3 * time:g} ms, and the step begins at {1e3 * begin:g} ms of a run of "
                f"{1e3 * end:g} ms; is this another time base?"
            )
    found = []
    interval = float(parameters["burst_interval"][1]) if "burst_interval" in parameters else 0.016
    for k, step in enumerate(steps):
        own = np.sort([time for row, time in zip(rows, times, strict=True) if row == step and time is not None])
        seen = bursts.find_bursts(np.zeros(len(own), dtype=int), own, interval)
        wanted = {"spike_count": len(own), "event_count": len(seen.event_time), "burst_count": len(seen.burst_time)}
        tolerance = [COUNT_TOLERANCE] * 3
        if len(own):
            wanted["first_spike_s"] = own[0]
            tolerance.append(LATENCY_TOLERANCE)
        found.append(
            Target(
                name=f"spikes[{k}]", kind="spikes", keys=[f"{name}[{k}]" for name in wanted],
                wanted=[float(value) for value in wanted.values()], tolerance=tolerance,
                at=[float(place) for place in range(len(wanted))], axis=", ".join(step),
            )
        )  # fmt: skip
    return found, {name: [step[k] for step in steps] for k, name in enumerate(lists)}
