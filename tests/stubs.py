"""What type checkers and editors know of `run`, `sweep`, `fit` and `sensitivity`: the parameters of each experiment.

    python tests/stubs.py

writes experiments/typed.pyi anew; `make format` does so, and a test says when it is stale.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.limits import BACKENDS
from burstlab.experiments.runs.designs import METHODS
from burstlab.experiments.runs.fitting import fit
from burstlab.experiments.runs.runner import run
from burstlab.experiments.runs.sensitivity import sensitivity
from burstlab.experiments.runs.sweeping import sweep
from burstlab.models.parameters import Parameter, walk

STUB = Path(__file__).parent.parent / "experiments" / "typed.pyi"

_HEAD = """# Written by tests/stubs.py from the parameter sets of the experiments; changes belong there.
# A type checker refuses a parameter that the experiment has not. Other experiments than these, by the name of a package
# or a file, are given as a `Path`, or without parameters.
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, Unpack, overload

from .runs.fit_result import FitResult
from .runs.ranges import Over
from .runs.result import Result
from .runs.runner import Progress
from .runs.sensitivity_result import SensitivityResult
from .runs.sweep_result import SweepResult

# A Quantity, which is an array to pyright; Brian2 has no types.
class _WithUnit(Protocol):
    @property
    def shape(self) -> Any: ...

_Quantity = _WithUnit | str
_Number = float | _WithUnit | str
"""

# What is written as text in a signature and is one of a few words.
_WORDS = {"backend": f"Literal[{', '.join(map(repr, BACKENDS))}] | None", "float_bits": "Literal[32, 64]"}
_WORDS["method"] = f"Literal[{', '.join(map(repr, METHODS))}]"
_RESULTS = {run: "Result", sweep: "SweepResult", fit: "FitResult", sensitivity: "SensitivityResult"}


def stub() -> str:
    """The content of the stub."""
    parts = [_HEAD, *(_parameters(name) for name in EXPERIMENTS)]
    for function, result in _RESULTS.items():
        parts += [_overload(function, result, name) for name in EXPERIMENTS]
        parts += [
            _other(function, result, "str", ""),
            _other(function, result, "Path", "    **changes: Any,\n"),
        ]
    return "\n".join(parts).replace("'", '"')


def _parameters(name: str) -> str:
    config = next(iter(EXPERIMENTS[name].presets.values()))
    lines = [f"class _{name}(TypedDict, total=False):"]
    for parameter, known, _ in walk(config):
        lines.append(f"    {parameter}: {_type(known)}\n    {_quoted(known)}")
    return "\n".join(lines) + "\n"


def _quoted(known: Parameter) -> str:
    text = f"{known.meaning} ({known.range_text})"
    return f'"""{text}"""' if len(text) < 108 else f'"""{known.meaning}"""'


def _type(known: Parameter) -> str:
    one = {
        "quantity": "_Number" if known.unit is None else "_Quantity",
        "integer": "int | str",
        "text": "str",
        "choice": f"Literal[{', '.join(map(repr, known.choices))}]",
    }[known.kind]
    if not known.several:
        return one
    return f"str | Sequence[{one}]" if known.kind == "choice" else f"{one} | Sequence[{one}]"


def _arguments(function: Any, presets: str) -> str:
    lines = []
    for name, known in list(inspect.signature(function).parameters.items())[1:]:
        if known.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        if known.kind is inspect.Parameter.KEYWORD_ONLY and "    *,\n" not in lines:
            lines.append("    *,\n")
        annotation = presets if name == "preset" else _WORDS.get(name, known.annotation)
        default = "" if known.default is inspect.Parameter.empty else " = ..."
        lines.append(f"    {name}: {annotation}{default},\n")
    return "".join(lines)


def _overload(function: Any, result: str, name: str) -> str:
    presets = f"Literal[{', '.join(map(repr, EXPERIMENTS[name].presets))}] | None"
    return (
        f"@overload\ndef {function.__name__}(\n    experiment: Literal[{name!r}],\n"
        f"{_arguments(function, presets)}    **changes: Unpack[_{name}],\n) -> {result}: ...\n"
    )


def _other(function: Any, result: str, kind: str, changes: str) -> str:
    return (
        f"@overload\ndef {function.__name__}(\n    experiment: {kind},\n"
        f"{_arguments(function, 'str | None')}{changes}) -> {result}: ...\n"
    )


if __name__ == "__main__":
    STUB.write_text(stub())
