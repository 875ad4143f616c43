"""What only a single run that is done has: arrays, and traces where cells were recorded."""

from __future__ import annotations

import contextlib
from typing import Any

from burstlab.equations.errors import ParameterError

from ..catalogue import of_run
from ..errors import RunError, all_arrays, make_it, option


def check_one(result: Any, wanted: str = "arrays") -> None:
    """Refuse a sweep, a fit or a study of sensitivity, where a run or several seeds are wanted.

    Raises
    ------
    RunError
        That says what it is, and what can be done.
    """
    folder, summary = result.folder, result.summary
    if "runs_count" in summary:
        kind = {"": "a sweep", "fit": "a fit"}.get(summary.get("method", ""), "a study of sensitivity")
        raise RunError(f"{folder} is {kind}, whose runs have no {wanted}, only numbers in table.csv; {make_it()}")


def check_single(result: Any, wanted: str = "arrays") -> None:
    """Refuse what is not a single run that is done, where something that only those have is wanted.

    Raises
    ------
    RunError
        That says what there is instead, and what can be done.
    """
    check_one(result, wanted)
    folder, summary = result.folder, result.summary
    if "runs" in summary:
        first = next((run for run in summary["runs"] if run["status"] == "done"), summary["runs"][0])
        raise RunError(f"{folder} holds several seeds; take one of them, such as {folder / first['folder']}")
    if result.status != "done":
        raise RunError(f"{folder} has no {wanted}: its status is {result.status}")


def check_recorded(result: Any) -> None:
    """Refuse a run of which no cells were recorded.

    Raises
    ------
    RunError
        That says what can be done.
    """
    check_single(result, "traces")
    if not result.recorded:
        what = f"take {option('record')} in a run to have some"
        with contextlib.suppress(RunError, ParameterError):  # the file of an experiment that nobody named
            if of_run(result.folder, result.config).populations is None:
                what = f"{result.config['experiment']} has none with a voltage; {all_arrays()} takes all arrays"
        raise RunError(f"{result.folder}: no cells were recorded; {what}")
