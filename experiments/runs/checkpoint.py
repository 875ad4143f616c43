"""Checkpoints of long runs: the program leaves its whole state in a file every so many examples, and goes on from it.

A run with checkpoints is under construction in `unfinished/` of its folder, so that it can be stopped in any way. One
that was stopped and went on ends with the same bytes as one that was not: the file holds everything (templates/
checkpoint.cpp), the generators' states too, and writing it changes nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError

from ..engine import removal
from ..engine.identity import identity
from ..engine.process import Checkpoint
from ..errors import CheckpointError, InterruptedRunError, RunError, StoppedError, check_whole, go_on_with, option
from . import folders
from .unfinished import STATE, UNFINISHED, locked

DEFAULT_EXAMPLES, DEFAULT_COMPUTED = 40, 1
FILE = "checkpoint"
# Checkpoints of long records are large: writing them takes at most a twentieth of the time.
_REST = 20


def examples_between(experiment: Any, backend: str, asked: int | None) -> int:
    """How many examples, or units of what is computed, there are between two checkpoints; 0 is for none.

    Raises
    ------
    ParameterError
        If checkpoints are asked for that there cannot be.
    """
    computed = experiment.compute is not None
    possible = computed or (experiment.example_duration is not None and backend == "cpp")
    if asked is None:
        return (DEFAULT_COMPUTED if computed else DEFAULT_EXAMPLES) if possible else 0
    check_whole("checkpoint", asked, 0)
    if asked and not possible:
        why = f"the {backend} backend writes none" if backend != "cpp" else f"{experiment.name} has no examples"
        raise ParameterError(f"{option('checkpoint', asked)}: {why}")
    return asked


def begin(folder: Path, described: Mapping[str, Any], examples: int, force: bool) -> None:
    """Make the folder of a run that can be stopped; what is in it stays until the run is finished.

    Raises
    ------
    RunError
        If the folder exists (and not `force`), or cannot be made.
    """
    folders.check_free(folder, force)
    place = folder / UNFINISHED
    try:
        removal.empty(place, removal.UNFINISHED)
        folders.begin(folder, checkpoint=examples)
        folders.write_json(place, folders.CONFIG, described)
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror or error}") from None


def examples_of(folder: Path) -> int:
    """How many examples there are between two checkpoints of what is under construction in a folder."""
    return folders.read_json(folder / UNFINISHED, STATE)["checkpoint"]


def of_run(planned: Any, place: Path, examples: int, program: Any) -> Checkpoint | None:
    """The checkpoint of a run that is under construction in `place`; None for a run that writes none."""
    if not examples:
        return None
    # The state of a program is of use to the same program only, that is on the same processor, too.
    parts = f"{identity(planned.describe())} {'' if program is None else program.folder.name}"
    example = 1 if program is None else planned.experiment.example_duration(planned.config)
    every = examples * float(example)
    identified = hashlib.sha256(parts.encode()).hexdigest()[:32]
    return Checkpoint(file=place / FILE, every=every, identity=identified, rest=_REST)


@contextlib.contextmanager
def construction(folder: Path) -> Iterator[Path]:
    """`unfinished/` of a folder, for this process; what is in it becomes the run when all has gone well.

    What was stopped stays if there is a checkpoint, and vanishes otherwise.
    """
    with locked(folder) as place:
        try:
            yield place
            _publish(place, folder)
        except KeyboardInterrupt:
            if _keep(place, folder):
                raise StoppedError(folder) from None
            raise
        except InterruptedRunError:
            _keep(place, folder)
            raise
        except CheckpointError:
            raise
        except OSError as error:
            kept = go_on_with(folder) if _keep(place, folder) else ""
            raise RunError(f"cannot write to {folder}: {error.strerror or error}{kept}") from None
        except RunError as error:
            kept = go_on_with(folder) if _keep(place, folder) else ""
            raise RunError(f"{error}{kept}") from None


def _keep(place: Path, folder: Path) -> bool:
    if (place / FILE).exists():
        return True
    removal.remove(place, removal.UNFINISHED)
    removal.remove(folder, removal.LEFT)  # unless something else is in it
    return False


def _publish(place: Path, folder: Path) -> None:
    # A folder without a summary is no run. Until the last rename this one is therefore unfinished, and can go on.
    removal.empty(folder, removal.RESULTS, keep=(UNFINISHED,))
    folders.write_json(folder, folders.CONFIG, folders.read_json(place, folders.CONFIG))
    stays = (folders.CONFIG, folders.SUMMARY, STATE, FILE, "lock")
    for name in [entry.name for entry in place.iterdir() if removal.UNFINISHED.file(entry.name)]:
        if name not in stays:
            (place / name).rename(folder / name)
    (place / folders.SUMMARY).rename(folder / folders.SUMMARY)
