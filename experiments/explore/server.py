"""The local page with sliders (`burstlab explore`): change the cell and its synapses, and see what it does.

Moving a slider runs the compiled program of `current_steps` and shows its voltage trace at once; curves, numbers and
the trace in background noise (`response_curves`) follow when the slider rests. What can be moved, the runs, and the
text that repeats them are in live.py. The page is made of Panel, so it also works in a Jupyter notebook::

    import panel; panel.extension()
    from burstlab.experiments.explore import page
    page()
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from ..errors import cannot_listen, not_installed
from . import live
from .live import Simulator
from .page import Page
from .run_queue import RunQueue

HOST = "127.0.0.1"
_PAUSE = 0.1  # s, in which the server answers those that it has made a window for
_UNUSED_MS = 60_000  # how long a window that was asked for may take to connect, on a busy machine


def serve(port: int, open_browser: bool = True, say: Callable[[str], None] = print) -> None:
    """Serve the page on this computer alone until Ctrl-C or SIGTERM.

    Parameters
    ----------
    port : int
        On 127.0.0.1.
    open_browser : bool
        Show the page in the user's browser.
    say : callable
        Gets the lines for the user.

    Raises
    ------
    RunError
        Without Panel, if the port is in use, or if a program cannot be compiled.
    """
    panel = _panel()
    runs: RunQueue  # of all windows; nobody asks for one before the server has started
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        server = panel.io.server.get_server(
            _application(panel, lambda: Page(panel, runs).view),
            port=port,
            address=HOST,
            # No page of another origin may talk to the simulation.
            websocket_origin=[f"{HOST}:{port}", f"localhost:{port}"],
            unused_session_lifetime_milliseconds=_UNUSED_MS,
            start=False,
            show=False,
        )
    except OSError as error:
        raise cannot_listen(HOST, port, error) from None
    try:
        signal.signal(signal.SIGINT, interrupt)  # Panel takes it, and Ctrl-C must end a compile
        if not live.are_compiled():
            say("compiling the programs of the page (once, some 30 s) ...")
        runs = _runs()
        runs.submit_first()
        loop = server.io_loop
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.asyncio_loop.add_signal_handler(number, loop.stop)
        if open_browser:
            loop.add_callback(server.show, "/")
        server.start()
        say(f"burstlab explore: http://{HOST}:{port} (Ctrl-C ends it)")
        loop.start()
        runs.close()
    finally:
        server.stop()


def page() -> Any:
    """The page as a Panel object, for a notebook; programs that are not in the cache are compiled first.

    Raises
    ------
    RunError
        Without Panel, or if a program cannot be compiled or fails.
    """
    panel, runs = _panel(), _runs()
    for first in runs.submit_first():
        made = first.result()
        if isinstance(made, Exception):
            raise made
    return Page(panel, runs).view


def _application(panel: Any, view: Callable[[], Any]) -> Any:
    """What is served: of windows opened at once, each is sent before the next is made."""
    from bokeh.application.handlers import Handler
    from bokeh.settings import settings

    turn = asyncio.Lock()

    class Turns(Handler):
        async def on_session_created(self, session_context: Any) -> None:
            async with turn:
                await asyncio.sleep(_PAUSE)

        def modify_document(self, doc: Any) -> None:
            pass

    settings.perform_document_validation = False  # a tenth of the time; the tests look at the page
    applications = panel.io.application.build_applications(view, title="burstlab explore")
    applications["/"].add(Turns())
    return applications


def _runs() -> RunQueue:
    return RunQueue([Simulator(experiment) for experiment in live.EXPERIMENTS])


def _panel() -> Any:
    try:
        import panel
    except ImportError:
        raise not_installed("the page", "Panel", "explore") from None
    return panel
