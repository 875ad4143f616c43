"""burstlab watch: a run that another process makes, in a few lines that renew themselves, and as a page."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..catalogue import find
from ..errors import RunError, option
from . import terminal
from .options import own_file
from .watch_text import in_a_line, lines

if TYPE_CHECKING:  # it loads numpy, which short commands do without
    from ..runs.watching import Seen, Watched

INTERVAL = 1.0  # s between two looks; a checkpoint is read when it is new, and not more than there is time for
_PORT = 5007


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Say how it stands, and end.")
@click.option("--figure", "drawn", type=click.Path(path_type=Path), help="Draw what there is so far: FILE.png or .pdf.")
@click.option("--page", is_flag=True, help="Serve a page with the figure so far on 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Of the page; {_PORT} by default.")
@click.option("--no-browser", is_flag=True, help="Only say where the page is.")
@own_file
def watch(
    directory: Path,
    once: bool,
    drawn: Path | None,
    page: bool,
    port: int | None,
    no_browser: bool,
    experiment: str | None,
) -> None:
    """Show how far a run in DIRECTORY is, and its numbers so far, until it ends; seeds, sweeps and fits too."""
    if once and page:
        raise RunError(
            f"{option('once')} ends at once, {option('page')} serves a page until the run ends; take one of them"
        )
    if not page and (port is not None or no_browser):
        raise RunError(f"{option('no_browser' if port is None else 'port')} is about the page; add {option('page')}")
    if experiment is not None:
        find(experiment)
    if drawn is not None:
        _check_place(drawn, directory)
    from ..runs.watching import Watched

    watched = Watched(directory)
    try:
        with _shown_on(watched, page, port or _PORT, not no_browser) as show:
            seen = _follow(watched, once, drawn, show)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    if not once and seen.state != "done":
        raise SystemExit(1)


def _check_place(file: Path, directory: Path) -> None:
    """Refuse a figure that would be no picture, in the place of something else, or in the folder that is watched."""
    from ..runs import folders

    if file.suffix not in (".png", ".pdf"):
        raise RunError(f"cannot write {file}: a name that ends with .png or .pdf is needed")
    if directory.resolve() in file.resolve().parents:
        raise RunError(f"{file} is in the folder that is watched, in which nothing is written; take another place")
    folders.check_replaceable(file, "figure")


@contextlib.contextmanager
def _shown_on(watched: Watched, page: bool, port: int, browser: bool) -> Iterator[Callable[[Seen, str], None]]:
    """What else shows each look: the page, or nothing."""
    if not page:
        yield lambda seen, text: None
        return
    from .watch_page import serving

    with serving(watched, port, browser) as (address, show):
        click.echo(f"burstlab watch: {address} (Ctrl-C ends it)")
        yield show


def _follow(watched: Watched, once: bool, drawn: Path | None, show: Callable[[Seen, str], None]) -> Seen:
    """Show each look until the run is over; gives the last one."""
    view: _Renewed | _Appended = _Renewed() if sys.stdout.isatty() and not once else _Appended(once)
    before, undrawn = None, ""
    while True:
        seen = watched.look()
        if seen.state == "unfinished" and not once:
            time.sleep(INTERVAL)  # a run that begins has a folder before it has a lock
            seen = watched.look()
        over = once or seen.is_over
        if drawn is not None and (over or seen.shows != before):
            before, undrawn = seen.shows, _draw(watched, seen, drawn)
        view.show(seen, f"no figure: {undrawn}" if undrawn else "")
        show(seen, "\n".join(lines(seen)))
        if over:
            view.end(seen)
            if drawn is not None:
                click.echo(f"{drawn} was not drawn: {undrawn}" if undrawn else drawn, err=bool(undrawn))
            return seen
        time.sleep(INTERVAL)


def _draw(watched: Watched, seen: Seen, file: Path) -> str:
    """Draw what there is; gives why there is no figure, which is no reason to end."""
    from ..runs import folders

    try:
        figure = watched.figure(seen)
        if figure is None:
            return seen.missing or "there is nothing to draw"
        folders.save_figure(figure, file)
    except RunError as error:
        return str(error)
    return ""


# ---- where it is shown -----------------------------------------------------------------------------------------------


class _Renewed:
    """In a terminal: lines in the place of those before."""

    def __init__(self) -> None:
        self.height = 0

    def show(self, seen: Seen, more: str = "") -> None:
        width, height = shutil.get_terminal_size()
        said = [*lines(seen), *([f"  {more}"] if more else [])]
        shown = [line[: width - 1] for line in said][: height - 1]
        self._clear()
        click.echo("\n".join(shown))
        self.height = len(shown)

    def end(self, seen: Seen) -> None:
        if seen.state not in ("unfinished", "pending"):
            self._clear()
            _report(seen)

    def _clear(self) -> None:
        if self.height:
            sys.stdout.write(f"\x1b[{self.height}A\x1b[J")


class _Appended:
    """Elsewhere: a line when there is something new, and all lines at the end."""

    def __init__(self, once: bool) -> None:
        self.once, self.before = once, None

    def show(self, seen: Seen, more: str = "") -> None:
        if not self.once and not seen.is_over and seen.shows != self.before:
            self.before = seen.shows
            click.echo(f"{time.strftime('%H:%M:%S')} {in_a_line(seen)}{more and f', {more}'}")
            sys.stdout.flush()

    def end(self, seen: Seen) -> None:
        if seen.is_over and seen.state not in ("unfinished", "pending"):
            _report(seen)
        else:
            click.echo("\n".join(lines(seen)))


def _report(seen: Seen) -> None:
    """The headline numbers of what is over, as the command that made it gives them."""
    if seen.kind != "sweep":
        terminal.report(dict(seen.summary), seen.folder)
        return
    from ..runs import loading

    terminal.report_sweep(dict(seen.summary), seen.folder)
    for line in terminal.found(loading.swept(seen.folder)):
        click.echo(f"  {line}")
    click.echo(f"  results  {seen.folder}")
