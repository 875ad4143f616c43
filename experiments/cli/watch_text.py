"""What `burstlab watch` says of a run: all that is seen in lines, the same in one line, and curves in letters."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import how_to_go_on
from .report import duration

if TYPE_CHECKING:  # it loads numpy, which short commands do without
    from ..runs.watching import Seen

_BLOCKS = ("▁▂▃▄▅▆▇█", "_.-=*#")
_WIDE = 40  # letters of a curve
_MOST_MEMBERS = 12


def lines(seen: Seen) -> list[str]:
    """All that is seen, in lines."""
    said = [f"{_name(seen)}: {seen.state}{_members(seen)}"]
    if seen.kind == "run":
        said += [f"  {', '.join(_progress(seen))}"] if _progress(seen) else []
        said += [f"  {line}" for line in numbers(seen.summary)] if seen.state in ("running", "unfinished") else []
        said += [f"  no numbers so far: {seen.missing}"] if seen.missing else []
    else:
        said += [f"  {', '.join(_progress(seen))}"]
        busy = [each for each in seen.members if each.state != "pending"]
        said += [f"  {in_a_line(each, short=True)}" for each in busy[-_MOST_MEMBERS:]]
        running = seen.summary.get("running", ())
        said += [f"  run {_of_sweep(entry)} is being made" for entry in running[:_MOST_MEMBERS]]
        if seen.summary.get("not_done_count"):
            said.append(f"  {seen.summary['not_done_count']} failed or diverged")
    if seen.state == "unfinished":
        idle = "no process of this computer works on it; if none of another does"
        said.append(f"  {idle}, {how_to_go_on(seen.folder)}")
    return said


def in_a_line(seen: Seen, short: bool = False) -> str:
    """The same in one line; `short` without the name of the experiment."""
    name = f"seed {seen.about['seed']}" if short else _name(seen)
    said = [f"{name}: {seen.state}", *_progress(seen)]
    if seen.state in ("running", "unfinished"):
        curves = _curves(seen.summary).items()
        said += [f"{_called(name)} {_value(name, values[-1])}" for name, values in curves]
        epochs = seen.summary.get("epochs_done")
        said += [f"after epoch {epochs}"] if curves and epochs is not None else []
    elif seen.kind == "run":
        names = ("solved", "accuracy_after", "final_epoch_cost", "error_percent")
        said += [f"{name} {_number(seen.summary[name])}" for name in names if name in seen.summary]
    return ", ".join(said) + _members(seen)


def _name(seen: Seen) -> str:
    about = seen.about
    what = {"run": f"seed {about['seed']}", "seeds": f"{len(seen.members)} seeds"}.get(seen.kind, "")
    if seen.kind == "sweep":
        what = "fit" if "targets" in about else "sensitivity" if "design" in about else "sweep"
    return f"{about['experiment']} {about['preset']} {what}"


def _members(seen: Seen) -> str:
    running = sum(each.state == "running" for each in seen.members)
    return f", {running} of them now" if running else ""


def _of_sweep(entry: Mapping[str, Any]) -> str:
    values = ", ".join(f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
                       for name, value in entry.items() if name != "run")  # fmt: skip
    return f"{entry['run']} ({values})"


def _progress(seen: Seen) -> list[str]:
    """How far it is, and what is left; nothing of what is over."""
    if seen.kind == "run" and seen.state not in ("running", "unfinished"):
        return []
    said = []
    counted = {"s": "s simulated"}.get(seen.counted, seen.counted)
    if seen.done is not None:
        said.append(f"{seen.done:.5g}" + (f" of {seen.total:.5g}" if seen.total else "") + f" {counted}")
    if seen.done is not None and seen.total:
        said.append(f"{100 * seen.done / seen.total:.0f} %")
    if seen.left_s is not None:
        said.append(f"about {duration(max(1, round(seen.left_s)))} left")
    if seen.age_s is not None:
        what = "last run" if seen.kind == "sweep" else "checkpoint"
        said.append(f"{what} {duration(round(seen.age_s))} ago")
    return said


def numbers(summary: Mapping[str, Any]) -> list[str]:
    """The numbers so far: curves over epochs, the last examples, rates and weights."""
    rows = [
        (_called(name), curve(values), f"{_value(name, values[0])} to {_value(name, values[-1])}")
        for name, values in _curves(summary).items()
    ]
    said = []
    if rows:
        done, epochs = (summary.get(name, "?") for name in ("epochs_done", "epochs"))
        said = [f"after {done} of {epochs} epochs:"]
        wide = [max(len(row[k]) for row in rows) for k in (0, 1)]
        said += [f"{name:<{wide[0]}}  {drawn:<{wide[1]}}  {ends}" for name, drawn, ends in rows]
    part: Any = summary.get("part_so_far")
    examples: Any = summary.get("last_examples")
    angles: Any = summary.get("angle_signal_deg")
    if _has(part, "name", "examples_done", "examples", "accuracy", "cost_per_example"):
        said.append(
            f"{part['name']}: {part['examples_done']} of {part['examples']} examples, "
            f"{_value('accuracy', part['accuracy'])} right, cost {_value('cost', part['cost_per_example'])} each"
        )
    if isinstance(examples, list) and (known := [each for each in examples if _is_example(each)]):
        said.append(f"last examples, Hz: {'; '.join(map(_example, known))}")
    for name, called in (("event_rate_Hz", "event rates in the last epoch, Hz"), ("mean_weight", "mean weights")):
        if isinstance(values := summary.get(name), dict):
            said.append(f"{called}: {', '.join(f'{of} {_number(value)}' for of, value in values.items())}")
        elif values is not None:
            said.append(f"{called}: {' '.join(map(_number, values if isinstance(values, list) else [values]))}")
    if _are_numbers(angles):
        said.append(f"angles of signals, degrees: {' '.join(map(_number, angles))}")
    return said


# An experiment of somebody's own may give another meaning to any of these names.


def _curves(summary: Mapping[str, Any]) -> dict[str, list[float]]:
    return {name: values for name, values in summary.items() if name.startswith("epoch_") and _are_numbers(values)}


def _are_numbers(values: Any) -> bool:
    known = isinstance(values, list) and bool(values)
    return known and all(value is None or isinstance(value, int | float) for value in values)


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and set(names) <= set(value)


def _is_example(value: Any) -> bool:
    known = _has(value, "pattern", "target", "event_rate_Hz")
    return known and all(_are_numbers(value[name]) and None not in value[name] for name in ("target", "event_rate_Hz"))


def _called(name: str) -> str:
    return {"epoch_error_percent": "error"}.get(name, name.removeprefix("epoch_"))


def _value(name: str, value: Any) -> str:
    if value is None:
        return "not finite"
    if not isinstance(value, int | float):
        return str(value)
    if name.endswith("accuracy"):
        return f"{100 * value:.0f} %"
    return f"{value:.2f} %" if name.endswith("percent") else _number(value)


def _number(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _example(example: Mapping[str, Any]) -> str:
    """A pattern, what was wanted and what came; of many outputs the highest."""
    target, rate = example["target"], example["event_rate_Hz"]
    if len(target) > 4 and sum(target) == 1:
        highest = max(range(len(rate)), key=rate.__getitem__)
        return f"{example['pattern']}, class {target.index(1)}: {highest} with {rate[highest]:.1f}"
    return f"{example['pattern']} → {''.join(map(str, target))}: {' '.join(f'{each:.1f}' for each in rate[:8])}"


def curve(values: Sequence[float | None], width: int = _WIDE) -> str:
    """A curve in letters: means over as many epochs as a letter stands for, from the least to the largest of them."""
    known = [float("nan") if value is None else value for value in values]
    count = min(width, len(known))
    parts = [known[k * len(known) // count : (k + 1) * len(known) // count] for k in range(count)]
    means = [sum(part) / len(part) for part in parts]
    finite = [mean for mean in means if mean == mean]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    blocks = _BLOCKS[0] if _can_say(_BLOCKS[0]) else _BLOCKS[1]
    scale = (len(blocks) - 1) / (high - low) if high > low else 0.0
    return "".join(blocks[round((mean - low) * scale)] if mean == mean else " " for mean in means)


def _can_say(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
