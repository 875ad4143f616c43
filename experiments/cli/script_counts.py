"""What a script prints at its end, to be compared with the run: spikes, events and bursts, and what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from brian2 import EventMonitor, NeuronGroup, StateMonitor

from . import script_text as text
from .script_objects import Script

_FEW = 30  # cells that are listed one by one
_MOST_PARTS = 12
_MOST_PATTERNS = 16
_EVENTS = {"spike": "spikes", "event": "events", "burst": "bursts"}
_MEASURED = (0.25, 0.9)  # of an example, as in the summary of a run


def write_counts(script: Script, groups: Sequence[NeuronGroup], monitors: Sequence[Any]) -> dict[str, dict[str, str]]:
    """Monitors that count what no other does; the names of all that count, by group and what they count."""
    counts: dict[str, dict[str, str]] = {}
    taken = {one.name for one in (*groups, *monitors)}
    for group in groups:
        there = {one.event: one.name for one in monitors if isinstance(one, EventMonitor) and one.source is group}
        for event, words in _EVENTS.items():
            if event not in group.events:
                continue
            name = there.get(event, f"{group.name}_{words}")
            if event not in there:
                if name in taken:
                    continue
                what = "SpikeMonitor(" if event == "spike" else "EventMonitor("
                of = group.name if event == "spike" else f'{group.name}, "{event}"'
                script.say(f'{name} = {what}{of}, record=False, name="{name}")')
            counts.setdefault(group.name, {})[words] = name
    return counts


def print_counts(script: Script, group: NeuronGroup, counts: Mapping[str, str]) -> None:
    """Counts of a few cells one by one, or mean rates of the parts of a group."""
    if len(group) <= _FEW:
        script.say(*(f'print("{words} of each cell:", {name}.count[:])' for words, name in counts.items()))
        return
    parts = [(name, begin, end) for (of, begin, end), name in script.parts.items() if of == group.name]
    if not 0 < len(parts) <= _MOST_PARTS:
        parts = [(group.name, 0, len(group))]
    listed = ", ".join(f'("{name}", {begin}, {end})' for name, begin, end in parts)
    counted = ", ".join(f'"{words}": {name}' for words, name in counts.items())
    script.say(
        f"counts = {{{counted}}}",
        f"for name, begin, end in [{listed}]:",
        '    rates = [f"{np.mean(one.count[begin:end])/(network.t/second):.3f} {of}/s" for of, one in counts.items()]',
        '    print(f"{name}:", ", ".join(rates))',
    )


def print_answers(script: Script, monitors: Sequence[Any]) -> None:
    """Event rates of the outputs of a network that learns, for each pattern of the tests before and after."""
    config, experiment = script.planned.config, script.planned.experiment
    bins = [one for one in monitors if isinstance(one, StateMonitor) and one.name == "bins"]
    if not (bins and getattr(config, "learns", False) and experiment.populations is not None):
        return
    tested = len(config.learned_task.tested)
    known = experiment.populations(config)
    rows = {name: row for row, name in enumerate(name for name, one in known.items() if one.group == "cells")}
    outputs = {name: row for name, row in rows.items() if name.startswith("output")}
    if tested > _MOST_PATTERNS or len(outputs) > _MOST_PARTS:
        return
    begin, length = (text.decimal(float(value)) for value in (config.settling, config.example_duration))
    low, high = _MEASURED
    script.say(
        "",
        f"# What was learned: events from {low:g} to {high:g} of the examples of the tests, one for each pattern.",
        f'for phase, first in (("before", 0), ("after", {config.n_examples - tested})):',
        f"    begin = {begin} + {length}*(first + np.arange({tested}))",
    )
    for name, row in outputs.items():
        size = known[name].stop - known[name].start
        script.say(
            f"    low, high = (np.interp(begin + part*{length}, bins.t/second, bins.events[{row}]) "
            f"for part in ({low:g}, {high:g}))",
            f'    print(f"{name} {{phase}} learning:", np.round((high - low)/({size}*{high - low:.12g}*{length}), 2), '
            '"events/s")',
        )
