"""Checkpoints of long runs: the program leaves its whole state in a file every so many examples, and goes on from it.

A run with checkpoints is under construction in `unfinished/` of its folder, so that it can be stopped in any way. One
that was stopped and went on ends with the same bytes as one that was not: the file holds everything (templates/
checkpoint.cpp), the generators' states too, and writing it changes nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from burstlab.models.parameters import ParameterError

from . import record
from .errors import CheckpointError, InterruptedRunError, RunError, StoppedError, go_on_with
from .program import cache_key
from .simulation import settings
from .unfinished import UNFINISHED, locked

DEFAULT_EXAMPLES = 40
STATE = "state.json"
_FILE = "checkpoint"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a program leaves its state.

    Attributes
    ----------
    file : Path
        Complete, or not there.
    every : float
        Simulated seconds between two of them.
    identity : str
        Of the run and its program; no other run goes on from the file.
    """

    file: Path
    every: float
    identity: str

    def environment(self) -> dict[str, str]:
        """What tells the program about it."""
        known = {
            "BURSTLAB_CHECKPOINT": str(self.file.resolve()),
            "BURSTLAB_CHECKPOINT_EVERY": repr(self.every),
            "BURSTLAB_CHECKPOINT_OF": self.identity,
        }
        return known | ({"BURSTLAB_RESUME": "1"} if self.file.exists() else {})

    def earlier(self) -> float:
        """Wall time in seconds that the run took up to the checkpoint; 0 without one.

        Raises
        ------
        CheckpointError
            If the file is damaged, or of another run or another program.
        """
        if not self.file.exists():
            return 0.0
        with open(self.file, "rb") as file:
            words = file.readline(300).split()
        if len(words) != 7 or words[:2] != [b"burstlab-checkpoint", b"1"]:
            raise CheckpointError(f"the checkpoint {self.file} is damaged; begin again with --force")
        if words[2] != self.identity.encode():
            raise CheckpointError(
                f"the checkpoint {self.file} is of another run, or another version of burstlab or Brian2; begin again "
                "with --force"
            )
        with contextlib.suppress(ValueError):
            return float(words[4])
        raise CheckpointError(f"the checkpoint {self.file} is damaged; begin again with --force")


def examples_between(experiment: Any, backend: str, asked: int | None) -> int:
    """How many examples there are between two checkpoints; 0 is for none.

    Raises
    ------
    ParameterError
        If checkpoints are asked for that there cannot be.
    """
    possible = hasattr(experiment, "example_duration") and backend == "cpp"
    if asked is None:
        return DEFAULT_EXAMPLES if possible else 0
    if isinstance(asked, bool) or not isinstance(asked, int) or asked < 0:
        raise ParameterError(f"checkpoint = {asked}: a whole number of examples from 0 on is needed")
    if asked and not possible:
        why = f"the {backend} backend writes none" if backend != "cpp" else f"{experiment.NAME} has no examples"
        raise ParameterError(f"checkpoint = {asked}: {why}")
    return asked


def begin(folder: Path, described: Mapping[str, Any], examples: int, force: bool) -> None:
    """Make the folder of a run that can be stopped; what is in it stays until the run is finished.

    Raises
    ------
    RunError
        If the folder exists (and not `force`), or cannot be made.
    """
    record.check_free(folder, force)
    place = folder / UNFINISHED
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        record.write_json(place, STATE, {"format": record.FORMAT, "status": UNFINISHED, "checkpoint": examples})
        record.write_json(place, record.CONFIG, described)
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror or error}") from None


def examples_of(folder: Path) -> int:
    """How many examples there are between two checkpoints of what is under construction in a folder."""
    return record.read_json(folder / UNFINISHED, STATE)["checkpoint"]


def of_run(planned: Any, place: Path, examples: int) -> Checkpoint | None:
    """The checkpoint of a run that is under construction in `place`; None for a run that writes none."""
    if not examples:
        return None
    key = cache_key(planned.experiment, planned.config, planned.float_bits)
    parts = json.dumps([key, settings(planned.config), planned.seed], sort_keys=True)
    every = examples * float(planned.experiment.example_duration(planned.config))
    return Checkpoint(file=place / _FILE, every=every, identity=hashlib.sha256(parts.encode()).hexdigest()[:32])


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
    if (place / _FILE).exists():
        return True
    shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()  # unless something else is in it
    return False


def _publish(place: Path, folder: Path) -> None:
    # A folder without a summary is no run. Until the last rename this one is therefore unfinished, and can go on.
    (folder / record.SUMMARY).unlink(missing_ok=True)
    for entry in folder.iterdir():
        if entry.name != UNFINISHED:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    record.write_json(folder, record.CONFIG, record.read_json(place, record.CONFIG))
    stays = (record.CONFIG, record.SUMMARY, STATE, _FILE, "lock")
    for entry in [entry for entry in place.iterdir() if entry.name not in stays]:
        entry.rename(folder / entry.name)
    (place / record.SUMMARY).rename(folder / record.SUMMARY)
