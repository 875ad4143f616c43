"""Brian2 objects as the lines of a script that make them, and what is random of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import NeuronGroup, Quantity, SpikeMonitor, StateMonitor, Subgroup, Synapses, TimedArray, defaultclock
from brian2.core.variables import ArrayVariable, VariableView
from brian2.groups.group import CodeRunner
from brian2.synapses.synapses import SummedVariableUpdater

from burstlab.models.background import PoissonDrive
from burstlab.models.given_synapses import SynapseList
from burstlab.models.parameters import ParameterError

from ..runs.plans import Plan
from . import script_text as text
from .script_direct import Direct, direct, needed_by
from .script_meanings import Meanings
from .script_parts import Place, parts

# Poisson numbers of arrivals, nearly: the variance is less by rate*dt/SOURCES.
SOURCES = 100
_FEW = 30  # numbers of cells that are written out
_LONGEST = 1000  # letters of an array that somebody may read


@dataclass
class Watched:
    """A call that makes synapses or first states: its object, variable or "connect", and what it was given."""

    owner: Any
    what: str
    value: Any
    namespace: dict[str, Any]


@dataclass
class Script:
    """What is written, by and by."""

    planned: Plan
    lines: list[str] = field(default_factory=list)
    data: dict[str, np.ndarray] = field(default_factory=dict)
    parts: dict[Place, str] = field(default_factory=dict)
    # What variables are, in words, by name; of cells by group.
    meanings: Meanings = field(default_factory=lambda: Meanings({}, {}))
    # Values of variables of cells before there are synapses and random first states.
    first: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    # Synapses that lead from one part of cells to one other, and variables of cells that nothing needs then.
    direct: dict[str, Direct] = field(default_factory=dict)
    unused: dict[str, set[str]] = field(default_factory=dict)
    # The lines that make them, by group.
    making: dict[str, list[str]] = field(default_factory=dict)
    # Brian2 lets nobody write to a variable of synapses before there are some.
    shared: dict[str, list[str]] = field(default_factory=dict)

    @property
    def dt(self) -> Any:
        """The time step of what has no other: an experiment without one as parameter sets Brian2's when it is built."""
        return getattr(self.planned.config, "dt", defaultclock.dt)

    def say(self, *lines: str) -> None:
        self.lines += lines

    def values(self, name: str, values: np.ndarray, dim: Any, write: Callable[[np.ndarray, Any], str]) -> str:
        """Values as text, or as an array of the file beside the script."""
        try:
            if len(said := write(values, dim)) <= _LONGEST:
                return said
        except text.NoShortTextError:
            pass
        self.data[name] = values
        unit = text.in_base_units(dim)
        return f'data["{name}"]' + ("" if unit == "1" else f"*{unit}")


def name_parts(script: Script, groups: Sequence[NeuronGroup]) -> None:
    """Parts of groups have the names of their populations, where the experiment has some."""
    known, taken = script.planned.experiment.populations, {group.name for group in groups}
    places = {
        name: (one.group, one.start, one.stop)
        for name, one in (known(script.planned.config) if known is not None else {}).items()
        if name not in taken
    }
    for part in parts(places, taken):
        script.making.setdefault(part.group, []).append(part.line)
        script.parts |= part.names


def first_values(groups: Sequence[NeuronGroup]) -> dict[tuple[str, str], np.ndarray]:
    """What every variable of cells is before anything is connected, by group and name."""
    return {
        (group.name, name): np.array(np.atleast_1d(variable.get_value()))
        for group in groups
        for name in text.names(group.user_equations)
        if isinstance(variable := group.variables[name], ArrayVariable)
    }


def find_direct(script: Script, calls: Sequence[Watched]) -> None:
    """Synapses from one part of cells to one other."""
    for call in calls:
        if call.what == "connect" and [*call.value] == ["j"]:
            known = direct(call.owner, call.value["j"], call.namespace, script.first)
            if known is not None:
                script.direct[call.owner.name] = known
                script.unused.setdefault(call.owner.source.name, set()).update(needed_by(call.value["j"]))


def _part(script: Script, owner: Any) -> str:
    if not isinstance(owner, Subgroup):
        return owner.name
    return _place(script, owner.source, int(owner.start), int(owner.stop))


def _place(script: Script, group: Any, start: int, stop: int) -> str:
    if (start, stop) == (0, len(group)):
        return group.name
    return script.parts.get((group.name, start, stop), f"{group.name}[{start}:{stop}]")


def write_group(script: Script, group: NeuronGroup) -> None:
    events = {name: condition for name, condition in group.events.items() if name != "spike"}
    equations = text.equations(group.user_equations, script.unused.get(group.name, ()))
    arguments = [f"    {len(group)},", f"    {text.block(equations)},"]
    if "spike" in group.events:
        arguments.append(f'    threshold="{group.events["spike"]}",')
    if "spike" in group.event_codes:
        arguments.append(f"    reset={text.block(text.statements(group.event_codes['spike']))},")
    if events:
        arguments += ["    events={", *(f'        "{name}": "{said}",' for name, said in events.items()), "    },"]
    method = group.method_choice
    if group.equations.diff_eq_names:
        arguments.append(f'    method="{method if isinstance(method, str) else "euler"}",')
    if group._refractory is not False:
        raise ParameterError(f"{group.name}: refractory cells have no plain script yet")
    script.say(f"{group.name} = NeuronGroup(", *arguments, *_clock(script, group), f'    name="{group.name}",', ")")
    for name in events:
        when = group.thresholder[name].when
        script.say(f'{group.name}.set_event_schedule("{name}", when="{when}")')
        if name in group.event_codes:
            code = text.block(text.statements(group.event_codes[name]))
            script.say(f'{group.name}.run_on_event("{name}", {code}, when="{group.resetter[name].when}")')
    script.say(*script.making.get(group.name, ()))
    _write_values(script, group)
    for owner in (group, *(one for one in group.contained_objects if isinstance(one, Subgroup))):
        _write_regular(script, owner)
    script.say("")


def _write_regular(script: Script, owner: Any) -> None:
    """What an object does at intervals."""
    for one in owner.contained_objects:
        if type(one) is CodeRunner:
            code = text.block(text.statements(one.abstract_code))
            order = f", order={one.order}" if one.order else ""
            dt = "".join(f", {line.strip().rstrip(',')}" for line in _clock(script, one))
            script.say(f'{_part(script, owner)}.run_regularly({code}{dt}, when="{one.when}"{order}, name="{one.name}")')


def _clock(script: Script, one: Any) -> list[str]:
    same = abs(float(one.clock.dt) - float(script.dt)) < 1e-12
    return [] if same else [f"    dt={text.quantity(one.clock.dt, one.clock.dt.dim)},"]


def _write_values(script: Script, owner: Any) -> None:
    """Every parameter of cells, and what else does not begin with zero: what is constant, and then the first state."""
    places = [name for (group, *_), name in script.parts.items() if group == owner.name]
    names = sorted(text.names(owner.user_equations), key=lambda name: not owner.variables[name].constant)
    for name in names:
        variable = owner.variables[name]
        values = script.first.get((owner.name, name))
        if values is None or name in script.unused.get(owner.name, ()):
            continue
        meaning = script.meanings.of_cells(owner.name, name, places)
        if np.any(values) or (variable.constant and meaning):
            said = script.values(f"{owner.name}.{name}", values, variable.dim, text.array)
            script.say(f"{owner.name}.{name} = {said}" + (f"  # {meaning}" if meaning else ""))


def write_synapses(script: Script, one: Synapses) -> None:
    pathways = {pathway.objname: pathway for pathway in one._pathways}
    known = script.direct.get(one.name)
    ends = (
        (_part(script, one.source), _part(script, one.target))
        if known is None
        else (_place(script, one.source, *known.source), _place(script, one.target, *known.target))
    )
    arguments = [f"    {end}," for end in ends]
    summed = [
        f"{each.target_varname} = {each.expression.code} : {text.in_equations(each.target_var.dim)} (summed)"
        for each in one.contained_objects
        if isinstance(each, SummedVariableUpdater)
    ]
    if lines := text.equations(one.equations) + summed:
        arguments.append(f"    {text.block(lines)},")
    for end in ("pre", "post"):
        mine = {name: pathway for name, pathway in pathways.items() if pathway.prepost == end}
        if mine:
            arguments.append(f"    on_{end}={{")
            arguments += [
                f'        "{name}": {text.block(text.statements(pathway.code), " " * 8)},'
                for name, pathway in mine.items()
            ]
            arguments.append("    },")
    if pathways:
        events = ", ".join(f'"{name}": "{pathway.event}"' for name, pathway in pathways.items())
        arguments.append(f"    on_event={{{events}}},")
    delays = {}
    for name, pathway in pathways.items():
        delay = pathway.variables.get("delay")
        if delay is not None and delay.scalar and np.any(delay.get_value()):
            delays[name] = text.quantity(float(delay.get_value()[0]), delay.dim)
    if delays:
        said = ", ".join(f'"{name}": {delay}' for name, delay in delays.items())
        arguments.append(f"    delay={{{said}}},")
    script.say(f"{one.name} = Synapses(", *arguments, *_clock(script, one), f'    name="{one.name}",', ")")
    shared = {name: variable for name, variable in one.variables.items() if _is_shared(one, variable)}
    script.shared[one.name] = [
        f"{one.name}.{name} = {text.quantity(float(variable.get_value()[0]), variable.dim)}"
        + script.meanings.comment(f"{name}_{one.name}")
        for name, variable in shared.items()
        if np.any(variable.get_value())
    ]
    _write_regular(script, one)
    script.say("")


def _is_shared(one: Synapses, variable: Any) -> bool:
    own = isinstance(variable, ArrayVariable) and variable.owner is not None and variable.owner.name == one.name
    return own and variable.scalar and not variable.read_only and not variable.name.startswith("_")


def write_background(script: Script, drive: PoissonDrive) -> Iterator[str]:
    """A `PoissonInput` for each source."""
    rates, weights = (drive.variables[name].get_value() for name in ("rate", "weight"))
    for k, (receptor, start, stop) in enumerate(drive.template_kwds["sources"]):
        group = drive.variables[receptor].owner
        cells = _place(script, group, start, stop)
        name, rate = f"{drive.name}_{k + 1}", text.quantity(rates[k] / SOURCES, drive.variables["rate"].dim)
        weight = text.number(weights[k])
        script.say(f'{name} = PoissonInput({cells}, "{receptor}", N={SOURCES}, rate={rate}, weight={weight})')
        yield name


# ---- what is random --------------------------------------------------------------------------------------------------


def watched(model: Any) -> list[Watched]:
    """What `connect` of a model does: synapses that are made, and variables that are set.

    What comes of lists of synapses is said by its numbers.
    """
    calls: list[Watched] = []
    connect, set_item = Synapses.connect, VariableView.set_item

    def connecting(self: Synapses, *arguments: Any, **more: Any) -> None:
        given = {**dict(zip(("condition", "i", "j", "p"), arguments, strict=False)), **more}
        namespace = dict(given.pop("namespace", None) or {})
        connect(self, *arguments, **more)
        if any(isinstance(one, SynapseList) for one in namespace.values()):
            given, namespace = {"i": np.array(self.i), "j": np.array(self.j)}, {}
        calls.append(Watched(self, "connect", given, namespace))

    def setting(self: VariableView, item: Any, value: Any, level: int = 0, namespace: Any = None) -> None:
        if not isinstance(item, slice) or item != slice(None):
            raise ParameterError(f"{self.group.name}.{self.name}: set for some cells, of which there is no plain text")
        set_item(self, item, value, level=level + 1, namespace=namespace)
        known = dict(namespace or {})
        if any(isinstance(one, SynapseList) for one in known.values()):
            value, known = np.array(self[:]), {}
        calls.append(Watched(self.group, self.name, value, known))

    try:
        Synapses.connect, VariableView.set_item = connecting, setting
        model.connect()
    finally:
        Synapses.connect, VariableView.set_item = connect, set_item
    return calls


def write_call(script: Script, call: Watched) -> None:
    owner, names = _part(script, call.owner), {}
    for name, value in call.namespace.items():
        if isinstance(value, TimedArray):
            names[name] = value.name
        elif isinstance(value, Quantity):
            names[name] = text.quantity(float(value), value.dim)
        else:
            names[name] = text.number(value)
    more = f", namespace={{{', '.join(f'{chr(34)}{k}{chr(34)}: {v}' for k, v in names.items())}}}" if names else ""
    if call.what == "connect":
        if known := script.direct.get(call.owner.name):
            script.say(f"{owner}.connect(p={text.number(known.p)})", *script.shared.pop(call.owner.name, ()))
            return
        if any(needed_by(call.value.get("j"))):
            script.say("# each cell of the source is connected with probability p to each of a range of its own")
        given = ", ".join(f"{name}={_connected(script, owner, name, value)}" for name, value in call.value.items())
        script.say(f"{owner}.connect({given}{more})", *script.shared.pop(call.owner.name, ()))
        return
    variable = call.owner.variables[call.what]
    value = call.value
    if isinstance(value, str):
        said = f'"{value}"'
    else:
        said = script.values(
            f"{owner}.{call.what}", np.atleast_1d(np.asarray(value, dtype=float)), variable.dim, text.array
        )
    if names:
        script.say(f"{owner}.{call.what}.set_item(slice(None), {said}{more})")
    else:
        script.say(f"{owner}.{call.what} = {said}")


def _connected(script: Script, owner: str, name: str, value: Any) -> str:
    """An argument of `connect`: a text of Brian2, a probability, or the numbers of cells."""
    if isinstance(value, str):
        return f'"{value}"'
    if np.ndim(value) == 0:
        return text.number(value)
    if np.size(value) <= _FEW:
        return f"[{', '.join(map(str, np.asarray(value).tolist()))}]"
    script.data[f"{owner}.{name}"] = np.asarray(value)
    return f'data["{owner}.{name}"]'


def write_monitor(script: Script, monitor: Any) -> None:
    source = _part(script, monitor.source)
    if isinstance(monitor, StateMonitor):
        cells = monitor.record
        run = range(int(cells[0]), int(cells[-1]) + 1)
        if len(cells) == len(monitor.source):
            record = "True"
        else:
            record = f"range({run.start}, {run.stop})" if len(run) == len(cells) else str(list(map(int, cells)))
        variables = ", ".join(f'"{name}"' for name in monitor.record_variables)
        order = f", order={monitor.order}" if monitor.order else ""
        dt = "".join(f", {one.strip().rstrip(',')}" for one in _clock(script, monitor))
        script.say(
            f"{monitor.name} = StateMonitor("
            f'{source}, [{variables}], record={record}{dt}, when="{monitor.when}"{order}, name="{monitor.name}")'
        )
    elif isinstance(monitor, SpikeMonitor):
        record = "" if monitor.record else ", record=False"
        script.say(f'{monitor.name} = SpikeMonitor({source}{record}, name="{monitor.name}")')
    else:
        script.say(f'{monitor.name} = EventMonitor({source}, "{monitor.event}", name="{monitor.name}")')
