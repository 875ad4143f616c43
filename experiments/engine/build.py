"""Building the program of an experiment, in a process of its own (`python -m burstlab.experiments.engine.build`).

It leaves the Brian2 of whoever needs the program untouched, and depends on nothing that was done to it there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import get_device, prefs, second, set_device
from joblib import cpu_count

from burstlab.models.parameters import with_changes

from ..catalogue import of_order
from ..contract.settings import structure
from .cache import MANIFEST, checksum
from .device import COMPILE_FLAGS, DEVICE_NAME
from .in_process import set_precision
from .process import PROGRESS
from .recorders import with_recorders

_REPORT = f'std::cout << "{PROGRESS} " << completed*duration << " " << duration << std::endl;'


def _main() -> None:
    """Build the program that the order on standard input describes."""
    order = json.load(sys.stdin)
    experiment = of_order(order)
    config = with_changes(next(iter(experiment.presets.values())), order["settings"])
    if order["added"]["given"]:
        experiment = experiment.with_given()
    experiment = with_recorders(experiment, order["added"]["recorded"])
    manifest = build(experiment, config, order["float_bits"], Path(order["folder"]))
    manifest |= {"key": order["key"], "compiler": order["compiler"]}
    entry = Path(order["folder"]) / "entry"
    manifest["checksum"] = checksum(entry, manifest)
    (entry / MANIFEST).write_text(json.dumps(manifest))


def build(experiment: Any, config: Any, float_bits: int, folder: Path) -> dict[str, Any]:
    """Generate and compile a program; changes Brian2's device and preferences.

    Parameters
    ----------
    experiment, config, float_bits
        As for `cache.compiled`.
    folder : Path
        Gets the source, and `entry` with what is needed to run the program.

    Returns
    -------
    dict
        What can be set, and what comes out.
    """
    prefs.reset_to_defaults()  # those of the user's files are in no key
    set_precision(float_bits)
    prefs.codegen.cpp.extra_compile_args_gcc = COMPILE_FLAGS
    prefs.devices.cpp_standalone.extra_make_args_unix = [f"-j{cpu_count()}"]  # those that this process may use
    set_device(DEVICE_NAME, build_on_run=False)
    device = get_device()
    model = experiment.build(structure(config))
    # The one place where the seed enters: before any random number is drawn.
    device.insert_code(
        "after_start", 'brian::_random_generators[0].seed(std::strtoul(std::getenv("BURSTLAB_SEED"), nullptr, 10));'
    )
    # Parameters have their values before synapses and initial states are made of them.
    device.apply_run_args()
    model.connect()
    model.network.run(model.duration, report=_REPORT, report_period=0.2 * second, namespace=dict(model.functions))
    source, entry = folder / "source", folder / "entry"
    device.build(directory=str(source), run=False, compile=True, with_output=False)
    entry.mkdir()
    for name in ("main", "static_arrays"):
        (source / name).rename(entry / name)
    return {
        "inputs": _inputs(model, device),
        "outputs": {name: _describe(output, device) for name, output in model.outputs.items()},
    }


def _inputs(model: Any, device: Any) -> dict[str, dict[str, Any]]:
    """What the command line of the program can set: name, type, size, and the name that it has there."""
    inputs = {}
    for owner in model.network.objects:
        for name, variable in getattr(owner, "variables", {}).items():
            own = variable in device.arrays and variable.owner is not None and variable.owner.name == owner.name
            if own and not variable.read_only and not getattr(variable, "dynamic", False):
                inputs[f"{owner.name}.{name}"] = {
                    "argument": f"{owner.name}.{name}",
                    "dtype": np.dtype(variable.dtype).str,
                    "size": int(variable.size),
                }
    for name, timed in model.functions.items():
        inputs[f"{name}.values"] = {
            "argument": f"{timed.name}.values",
            "dtype": timed.values.dtype.str,
            "size": int(timed.values.size),
        }
    return inputs


def _describe(output: Any, device: Any) -> dict[str, Any]:
    variable = output.owner.variables[output.variable]
    # How many rows there are is known before the run, or is the owner's own N, a file beside it.
    length = output.owner.variables["N"]
    return {
        "file": device.get_array_filename(variable),
        "dtype": np.dtype(variable.dtype).str,
        "columns": int(output.owner.n_indices) if getattr(variable, "ndim", 1) == 2 else None,
        "rows": output.rows,
        "length_file": device.get_array_filename(length) if length in device.arrays else None,
    }


if __name__ == "__main__":
    _main()
