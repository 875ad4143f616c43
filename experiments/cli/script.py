"""An experiment as a plain Brian2 script: the same network with the same equations and values, and nothing of burstlab.

The script is written from the objects of the network that a run would be made of, so it says what is simulated and not
what was meant. What becomes of connections and first states, which are random, is seen by watching `connect`. Two
things are said in Brian2's own words: forward Euler, which burstlab writes out for float32, and Poisson background,
which one `PoissonInput` for each source is.
"""

from __future__ import annotations

import gc
import io
import os
import re
import textwrap
from pathlib import Path
from typing import Any

import brian2
import numpy as np
from brian2 import EventMonitor, NeuronGroup, StateMonitor, Synapses, prefs
from brian2.utils.logger import catch_logs

from burstlab.models.background import PoissonDrive
from burstlab.models.given_synapses import SynapseList
from burstlab.models.parameters import ParameterError

from ..catalogue import find
from ..contract.isolation import isolated
from ..contract.randomness import brian_seed
from ..contract.settings import structure
from ..engine import removal
from ..engine.identity import versions
from ..engine.in_process import set_precision, set_values
from ..errors import RunError, option
from ..runs import folders
from ..runs.plans import Plan, plan
from . import script_text as text
from .script_counts import print_answers, print_counts, write_counts
from .script_meanings import Meanings
from .script_objects import (
    SOURCES,
    Script,
    find_direct,
    first_values,
    name_parts,
    watched,
    write_background,
    write_call,
    write_group,
    write_monitor,
    write_synapses,
)

_HEAD = '''"""{name}, preset {preset}: {meaning}.

The network of

    {command}

{about}
"""
'''

_ABOUT = (
    "as a plain Brian2 script: the same equations, parameters and stimuli, and none of burstlab, which wrote it "
    "(version {burstlab}, with Brian2 {brian2}). {chance}"
)
_CHANCE = {
    True: "Its random numbers are others than those of the run: the same rates, but for chance, and other spikes.",
    False: "There are no random numbers: its spikes are those of the run, which rounds more unless it has --float 64.",
}


def script(
    experiment: str | Path, preset: str | None = None, *, seed: int = 1, out: str | Path | None = None, **changes: Any
) -> list[Path]:
    """Write an experiment as a plain Brian2 script, which needs nothing of burstlab.

    Parameters
    ----------
    experiment, preset, seed, **changes
        As for `run`.
    out : path, optional
        The script; EXPERIMENT.py in the current folder by default.

    Returns
    -------
    list of Path
        What was written: the script, and beside it an .npz of stimuli and synapses that have no short form.

    Raises
    ------
    ParameterError
        If something about the run is not allowed, or the network has what Brian2 has not.
    RunError
        If the script cannot be written, or something is there.

    Examples
    --------
    >>> import burstlab
    >>> burstlab.script("current_steps", tau_d="9 ms")  # doctest: +SKIP
    """
    return write_script(experiment, preset, changes, seed, out)


def write_script(
    experiment: str | Path, preset: str | None = None, changes: dict[str, Any] | None = None, seed: int = 1,
    out: str | Path | None = None,
) -> list[Path]:  # fmt: skip
    """The same with changes of any name, which may be wrong: see `script`."""
    known = find(str(experiment))
    if known.compute is not None:
        raise ParameterError(f"{known.name} is no Brian2 network; there is no plain script of this experiment")
    planned = plan(known, preset, seed, backend="numpy", float_bits=64, changes=changes)
    path = Path(out) if out is not None else Path(f"{planned.experiment.name}.py")
    if path.suffix != ".py":
        raise ParameterError(f"{option('out', str(path))}: a name that ends with .py is needed")
    removal.refuse_files(path)
    beside = path.with_suffix(".npz")
    script, data = script_of(planned, beside.name)
    for place in (path, beside)[: 1 + bool(data)]:
        if os.path.lexists(place):
            raise RunError(f"{place} is there; take another name with {option('out')}, or remove it")
    try:
        with removal.parents(path):
            if data:
                folders.publish(beside, lambda place: place.write_bytes(_packed(data)))
            folders.publish(path, lambda place: place.write_text(script, encoding="utf-8"))
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from None
    return [path, *([beside] if data else [])]


def _packed(data: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **data)
    return buffer.getvalue()


def script_of(planned: Plan, beside: str) -> tuple[str, dict[str, np.ndarray]]:
    """The text of a script, and the arrays that it reads from the file `beside` it."""
    experiment, config = planned.experiment, planned.config
    written = Script(planned)
    # What Brian2 has to say of a network it says when that is run; of one that never is, that it never is.
    with isolated(), catch_logs():
        prefs.codegen.target = "numpy"
        set_precision(64)
        try:
            _write_network(written, experiment.build(structure(config)))
            refusal = ""
        except ParameterError as error:
            refusal = str(error)
        gc.collect()
    if refusal:
        raise ParameterError(refusal)
    # Nothing in a network without random numbers depends on their seed.
    random = bool(re.search(r"\brandn?\(|\bPoissonInput\(|\bp=|\bsample\(", "\n".join(written.lines)))
    seed = f"seed({brian_seed(planned.seed)})  # what burstlab gives Brian2 for --seed {planned.seed}; any will do\n"
    body = seed * random + "\n".join([*text.wrapped("\n".join(written.lines).split("\n")), ""])
    head = _HEAD.format(
        name=experiment.name, preset=planned.preset, meaning=experiment.meaning,
        command=" ".join(planned.command().replace(" --backend numpy --float 64", "").split()),
        about=textwrap.fill(_ABOUT.format(**versions(), chance=_CHANCE[random]), text.WIDTH - 1),
    )  # fmt: skip
    return head + _imports(body, beside, written) + body, written.data


def _imports(body: str, beside: str, script: Script) -> str:
    code = re.sub(r'"""(.*?)"""|"[^"\n]*"|#[^\n]*', "", body, flags=re.DOTALL)
    own = set(re.findall(r"^(\w+) =", code, re.MULTILINE))
    names = {name for name in re.findall(r"(?<![\w.])([A-Za-z_]\w*\b)(?!\s*=[^=])", code) if hasattr(brian2, name)}
    # Names of Python itself are not Brian2's, and of `np` the numpy.
    names -= own | {"np", "range", "print", "len", "min", "max", "sum", "Path", "data"}
    lines = ["", *(["from pathlib import Path", ""] if script.data else [])]
    lines += ["import numpy as np"] if re.search(r"\bnp\.|\bdata\[", code) else []
    wanted = ", ".join(sorted(names, key=lambda name: (name.islower(), name)))
    lines += [f"from brian2 import (\n{_filled(wanted)},\n)", ""]
    if script.data:
        kinds = dict.fromkeys(_kind_of_data(name) for name in script.data)
        lines += [f'data = np.load(Path(__file__).with_name("{beside}"))  # {", ".join(kinds)}', ""]
    return "\n".join(lines) + "\n"


def _kind_of_data(name: str) -> str:
    _, dot, variable = name.rpartition(".")
    return "sampled stimuli" if not dot else "cells of synapses" if variable in ("i", "j") else "values of variables"


def _filled(words: str) -> str:
    return textwrap.fill(words, 116, initial_indent="    ", subsequent_indent="    ")


# ---- the network, object by object -----------------------------------------------------------------------------------


def _write_network(script: Script, model: Any) -> None:
    set_values(model, script.planned.experiment.values(script.planned.config, script.planned.seed))
    objects = sorted(model.network.objects, key=lambda one: one.name)
    groups = [one for one in objects if isinstance(one, NeuronGroup)]
    synapses = [one for one in objects if isinstance(one, Synapses)]
    drives = [one for one in objects if isinstance(one, PoissonDrive)]
    monitors = [one for one in objects if isinstance(one, StateMonitor | EventMonitor)]
    for one in objects:
        if one not in (*groups, *synapses, *drives, *monitors):
            raise ParameterError(
                f"{script.planned.experiment.name}: {one.name} is a {type(one).__name__}, which Brian2 does not have; "
                "there is no plain script of this experiment"
            )
    default = script.dt
    script.say(f"defaultclock.dt = {text.quantity(default, default.dim)}")
    script.say(
        "# from brian2 import set_device; set_device('cpp_standalone')  # compiled: much faster",
        "",
    )
    stimuli = {name: one for name, one in model.functions.items() if not isinstance(one, SynapseList)}
    if stimuli:
        script.say("", "# ---- stimuli", "")
    for name, function in stimuli.items():
        values = script.values(name, np.asarray(function.values), function.dim, text.timed)
        script.say(f"{name} = TimedArray({values}, dt={text.quantity(function.dt, default.dim)})")
    script.say("", "# ---- cells", "")
    name_parts(script, groups)
    script.meanings = Meanings.of(script.planned.experiment, script.planned.config)
    script.first = first_values(groups)
    calls = watched(model)
    find_direct(script, calls)
    for group in groups:
        write_group(script, group)
    if synapses:
        script.say("", "# ---- synapses", "")
    for one in synapses:
        write_synapses(script, one)
    if drives:
        script.say("", "# ---- background", "")
        script.say(
            f"# Not one source for each cell, but {SOURCES} that share its rate: one has at most one arrival in a step."
        )
    inputs = [name for drive in drives for name in write_background(script, drive)]
    if calls:
        script.say("", "# ---- connections and first states", "")
    for call in calls:
        write_call(script, call)
    script.say("", "# ---- what is recorded", "")
    for monitor in monitors:
        write_monitor(script, monitor)
    counts = write_counts(script, groups, monitors)
    own = [one.name for one in monitors]
    own += [name for of in counts.values() for name in of.values() if name not in own]
    names = [one.name for one in (*groups, *synapses)] + inputs + own
    script.say("", f"network = Network(\n{_filled(', '.join(names))}\n)")
    script.say(f'network.run({text.quantity(model.duration, default.dim)}, report="text")')
    for group in groups:
        if group.name in counts:
            print_counts(script, group, counts[group.name])
    print_answers(script, monitors)
