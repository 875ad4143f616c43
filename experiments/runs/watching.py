"""What is known of a run, of several seeds or of a sweep while another process makes them, from their folder.

Nothing is written or locked there: files are whole or not there, and the kernel says whether a process works on them.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..catalogue import of_run
from ..elsewhere import blamed
from ..errors import RunError
from . import folders, loading, media, resuming, sweep_table
from .under_way import Run, Seen
from .unfinished import UNFINISHED, is_unfinished, is_worked_on


class Watched:
    """A folder that is looked at again and again.

    Parameters
    ----------
    folder : path
        Of a run, of several seeds, of a sweep, a study of sensitivity or a fit.

    Raises
    ------
    RunError
        If it is none of them, or cannot be read.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._runs: dict[Path, Run] = {}
        self._plan: Any = None
        self._running = 0
        self.look()

    def look(self) -> Seen:
        """What there is now."""
        kind = kind_of(self.folder)
        if kind == "run":
            return self._run(self.folder).look()
        return self._seeds() if kind == "seeds" else self._sweep()

    def figure(self, seen: Seen) -> Any:
        """The experiment's figure (matplotlib) of what is there: of a run under way, of the numbers so far.

        Of several seeds under way, of the first that has numbers. None where nothing can be drawn yet.

        Raises
        ------
        RunError
            If it cannot be drawn.
        """
        if seen.is_over and seen.state in ("done", "incomplete"):
            return loading.load(self.folder).figure()
        seen = next((each for each in seen.members if each.arrays), seen)
        if not seen.arrays:
            return None
        experiment = of_run(seen.folder, seen.about)
        with folders.using(self.folder), blamed(experiment):
            return media.drawn(lambda: experiment.plot(seen), "screen", seen.about)

    def _run(self, folder: Path, about: Mapping[str, Any] | None = None) -> Run:
        if folder not in self._runs:
            self._runs[folder] = Run(folder, about)
        return self._runs[folder]

    def _seeds(self) -> Seen:
        about = folders.read_json(self.folder, folders.CONFIG)
        members = tuple(
            self._run(self.folder / f"seed-{seed}", {**about, "seed": seed}).look(max(1, self._running))
            for seed in about["seeds"]
        )
        self._running = sum(each.state == "running" for each in members)
        over = sum(each.state in ("done", "diverged") for each in members)
        state, summary = _state(self.folder)
        return Seen(
            folder=self.folder, kind="seeds", state=state, about=about, done=over, total=len(members), counted="runs",
            summary=summary, members=members,
        )  # fmt: skip

    def _sweep(self) -> Seen:
        about = folders.read_json(self.folder, folders.CONFIG)
        if self._plan is None:
            self._plan = resuming.read_plan(self.folder)
        total, (state, summary) = self._plan.total, _state(self.folder)
        written = sorted(_times(self.folder / "runs"))
        left, age = None, None
        if state == "running" and written:
            age = max(0.0, time.time() - written[-1])
            if len(written) > 2:  # some were perhaps there when it went on: the last hundred say how fast it is now
                last = written[-100:]
                left = max(0.0, (total - len(written)) * (last[-1] - last[0]) / (len(last) - 1) - age)
        return Seen(
            folder=self.folder, kind="sweep", state=state, about=about, done=len(written), total=total, counted="runs",
            left_s=left, age_s=age, summary=summary or self._under_way(),
        )  # fmt: skip

    def _under_way(self) -> dict[str, Any]:
        """Which runs were being made when the table was written last, and what varies in them."""
        try:
            table = sweep_table.load(self.folder)
        except RunError:  # the first one is written after a while
            return {}
        varied = [*self._plan.varied, "seed"]
        made = np.flatnonzero(table["state"] == "running").tolist()
        rows = [row for row in made if not (sweep_table.run_folder(self.folder, row) / folders.SUMMARY).exists()]
        running = [{"run": row, **{name: table[name][row].item() for name in varied}} for row in rows]
        return {"running": running, "not_done_count": int(np.isin(table["state"], ["failed", "diverged"]).sum())}


def kind_of(folder: Path) -> str:
    """What a folder holds: "run", "seeds", or "sweep", which is everything with a table.

    Raises
    ------
    RunError
        If it holds none of them, or may not be read.
    """
    try:
        entries = os.listdir(folder)
    except FileNotFoundError:
        raise RunError(f"{folder} is not there; a run without checkpoints has no folder until it is done") from None
    except OSError as error:
        raise RunError(f"cannot read {folder}: {error.strerror}") from None
    if UNFINISHED in entries and os.path.exists(folder / UNFINISHED / folders.CONFIG):
        return "run"
    config = folders.read_json(folder, folders.CONFIG)
    if "experiment" not in config:
        raise RunError(f"{folder} is not a run directory; a report holds one for each experiment")
    if loading.kind_of(config) is not None:
        return "sweep"
    return "seeds" if "seeds" in config else "run"


def _state(folder: Path) -> tuple[str, dict[str, Any]]:
    """The state of a folder and, if it is finished, its summary."""
    if is_unfinished(folder):
        return ("running" if is_worked_on(folder) else "unfinished"), {}
    summary = folders.read_json(folder, folders.SUMMARY)
    return str(summary["status"]), summary


def _times(runs: Path) -> Iterator[float]:
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(runs):
            with contextlib.suppress(FileNotFoundError):
                yield os.stat(Path(entry.path) / folders.SUMMARY).st_mtime
