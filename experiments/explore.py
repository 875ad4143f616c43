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
import errno
import html
import math
import signal
from collections.abc import Callable, Sequence
from typing import Any

from burstlab.models.parameters import ParameterError

from . import current_steps, live, response_curves
from .errors import RunError
from .live import Seen, Settings, Simulator
from .plots import COMPARED, LIVE, CurvePlot, TracePlot

HOST = "127.0.0.1"
REST = 0.15  # s without a movement, after which curves are measured


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
    simulators: list[Simulator] = []
    interrupt = signal.getsignal(signal.SIGINT)
    try:
        server = panel.io.server.get_server(
            lambda: _Page(panel, simulators).view,
            port=port,
            address=HOST,
            # No page of another origin may talk to the simulation.
            websocket_origin=[f"{HOST}:{port}", f"localhost:{port}"],
            title="burstlab explore",
            start=False,
            show=False,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RunError(f"port {port} of {HOST} is in use; take another with --port") from None
        raise RunError(f"cannot listen on port {port} of {HOST}: {error.strerror}") from None
    signal.signal(signal.SIGINT, interrupt)  # Panel takes it, and Ctrl-C must end a compile
    simulators += [Simulator(experiment) for experiment in live.EXPERIMENTS]
    loop = server.io_loop
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.asyncio_loop.add_signal_handler(number, loop.stop)
    if open_browser:
        loop.add_callback(server.show, "/")
    server.start()
    say(f"burstlab explore: http://{HOST}:{port} (Ctrl-C ends it)")
    loop.start()
    server.stop()


def page() -> Any:
    """The page as a Panel object, for a notebook; programs that are not in the cache are compiled first.

    Raises
    ------
    RunError
        Without Panel, or if a program cannot be compiled.
    """
    return _Page(_panel(), [Simulator(experiment) for experiment in live.EXPERIMENTS]).view


def _panel() -> Any:
    try:
        import panel
    except ImportError:
        raise RunError('the page needs Panel, which is not installed: pip install "burstlab[explore]"') from None
    return panel


class _Follower:
    """Runs of one experiment for settings that change faster than it runs: the newest settings win.

    Parameters
    ----------
    simulator : Simulator
    show : callable
        Gets the run, or the error that came instead.
    rest : float
        A run begins when the settings have not changed for so long (s).
    """

    def __init__(self, simulator: Simulator, show: Callable[[Seen | Exception], None], rest: float = 0.0) -> None:
        self.simulator, self.show, self.rest = simulator, show, rest
        self.wanted: Settings | None = None
        self.task: asyncio.Task[None] | None = None

    def ask(self, settings: Settings) -> None:
        """Want a run with these settings."""
        self.wanted = settings
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self.wanted is not None:
            newest = self.wanted
            await asyncio.sleep(self.rest)
            if self.rest and self.wanted is not newest:
                continue
            settings, self.wanted = self.wanted, None
            self.show(await asyncio.to_thread(self.run, settings))

    def run(self, settings: Settings) -> Seen | Exception:
        """The run, or what is to be said about it."""
        try:
            seen = self.simulator(settings)
        except (ParameterError, RunError) as error:
            return error
        return RunError(f"diverged: {seen.analysis.divergence}") if seen.analysis.divergence else seen


class _Page:
    """Widgets, plots, and the runs that connect them; one for each browser window."""

    def __init__(self, panel: Any, simulators: Sequence[Simulator]) -> None:
        self.panel = panel
        # Runs end outside of the turn of this window, which alone may change what it shows; a notebook has no turns.
        document = panel.state.curdoc
        self.document = document if document is not None and document.session_context else None
        self.traced = TracePlot(
            "steps", "A cell without noise, current steps", float(current_steps.PRESETS[live.PRESET].duration)
        )
        self.noisy = TracePlot(
            "noise", "A cell in background noise, constant currents",
            float(response_curves.PRESETS[live.PRESET].duration),
        )  # fmt: skip
        self.curves = [
            CurvePlot("f-I", "f-I curve: event rate reads the soma", "somatic_sweep", "event_rate"),
            CurvePlot("BP", "BP curve: burst probability reads the dendrite", "dendritic_sweep", "burst_probability"),
        ]
        self.errors: dict[str, str] = {}
        shows = (self._show_steps, self._show_response)
        pairs = list(zip(simulators, shows, (0.0, REST), strict=True))
        self.followers = [_Follower(made, self._later(show, LIVE), rest) for made, show, rest in pairs]
        self.compared = [_Follower(made, self._later(show, COMPARED), REST) for made, show, _ in pairs]
        self._make_widgets()
        self.view = self._arrange()
        settings = self.settings
        for follower, show in zip(self.followers, shows, strict=True):
            seen = follower.run(settings)
            for which in (LIVE, COMPARED):
                self._receive(seen, show, which)
        self._compare()
        self._tell(settings)

    # ---- what the user moves -----------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        widgets = self.panel.widgets
        self.sliders = {
            name: widgets.EditableFloatSlider(
                name=slider.title, value=slider.default, start=slider.known.low, end=slider.known.high,
                fixed_start=slider.known.low, fixed_end=slider.known.high, step=slider.step, format="0[.]0[00000]",
                css_classes=[f"parameter-{name}"], width=270, margin=(2, 0, 2, 5),
            )
            for name, slider in live.sliders().items()
        }  # fmt: skip
        self.preset = widgets.Select(
            name="Preset of the paper", options=list(live.presets()), width=290, css_classes=["preset"]
        )
        self.compare = widgets.Checkbox(name="compare with the preset", css_classes=["compare"])
        self.reset = widgets.Button(name="Reset", width=80, css_classes=["reset"])
        self.message = self.panel.pane.HTML(
            css_classes=["message"], sizing_mode="stretch_width", styles={"color": "#b00020"}, margin=(0, 8)
        )
        self.counts = self.panel.pane.HTML(stylesheets=[_NUMBERS_CSS])
        self.rates = self.panel.pane.HTML(stylesheets=[_NUMBERS_CSS])
        self.command, self.script = (
            self.panel.pane.HTML(stylesheets=[_CODE_CSS], sizing_mode="stretch_width") for _ in range(2)
        )
        for slider in self.sliders.values():
            slider.param.watch(self._moved, "value")
        self.preset.param.watch(self._choose_preset, "value")
        self.reset.on_click(self._to_preset)
        self.compare.param.watch(lambda event: self._compare(), "value")
        self.moving = False

    @property
    def settings(self) -> dict[str, float]:
        """Where the sliders stand."""
        return {name: float(slider.value) for name, slider in self.sliders.items()}

    def _moved(self, event: Any) -> None:
        if not self.moving:
            settings = self.settings
            self._tell(settings)
            for follower in self.followers:
                follower.ask(settings)

    def _choose_preset(self, event: Any) -> None:
        self._to_preset(event)
        for follower in self.compared:
            follower.ask(live.presets()[self.preset.value])

    def _to_preset(self, event: Any) -> None:
        self.moving = True
        try:
            for name, value in live.presets()[self.preset.value].items():
                self.sliders[name].value = value
        finally:
            self.moving = False
        self._moved(event)

    def _compare(self) -> None:
        for plot in (self.traced, self.noisy, *self.curves):
            plot.compare(self.compare.value)

    # ---- what the user sees ------------------------------------------------------------------------------------------

    def _later(self, show: Callable[[Seen, str], None], which: str) -> Callable[[Seen | Exception], None]:
        """What a follower calls: shows its run in this window's next turn."""

        def show_later(seen: Seen | Exception) -> None:
            if self.document is None:
                self._receive(seen, show, which)
                self.panel.io.push_notebook(self.view)
            else:
                self.document.add_next_tick_callback(lambda: self._receive(seen, show, which))

        return show_later

    def _receive(self, seen: Seen | Exception, show: Callable[[Seen, str], None], which: str) -> None:
        if isinstance(seen, Seen):
            show(seen, which)
        if which == LIVE:
            self.errors[show.__name__] = "" if isinstance(seen, Seen) else f"<div>{html.escape(str(seen))}</div>"
            self.message.object = "".join(self.errors.values())

    def _show_steps(self, seen: Seen, which: str) -> None:
        self.traced.show(seen.analysis, which)
        if which == LIVE:
            counts = {name: seen.analysis.summary[f"{name}_count"][0] for name in ("spike", "event", "burst")}
            self.counts.object = _numbers({f"{name}s": str(count) for name, count in counts.items()}, seen.took_s)

    def _show_response(self, seen: Seen, which: str) -> None:
        for plot in (self.noisy, *self.curves):
            plot.show(seen.analysis, which)
        if which == LIVE:
            rate, probability = (seen.analysis.summary[key][0] for key in ("event_rate_Hz", "burst_probability"))
            shown = f"{100 * probability:.1f} %" if math.isfinite(probability) else "–"  # no event, no probability
            numbers = {"event rate": f"{rate:.2f} Hz", "burst probability": shown}
            self.rates.object = _numbers(numbers, seen.took_s)

    def _tell(self, settings: Settings) -> None:
        self.command.object = _code("command", live.command_lines(settings))
        self.script.object = _code("script", live.python_code(settings))

    # ---- where things are --------------------------------------------------------------------------------------------

    def _arrange(self) -> Any:
        panel = self.panel
        groups = [
            (
                group.capitalize(),
                panel.Column(*(self._slider(name) for name, known in live.sliders().items() if known.group == group)),
            )
            for group in live.GROUPS
        ]
        side = panel.Column(
            panel.pane.HTML("<h2 style='margin: 4px 0'>burstlab explore</h2>The cell and its synapses, live."),
            self.preset,
            panel.Row(self.compare, self.reset, align="center"),
            panel.Accordion(*groups, active=list(range(len(groups))), width=330),
            width=350,
            styles={"max-height": "100vh", "overflow-y": "auto", "position": "sticky", "top": "0"},
        )
        plots = [panel.pane.Bokeh(plot.figure, sizing_mode="stretch_width") for plot in (self.traced, self.noisy)]
        curves = [panel.pane.Bokeh(plot.figure, sizing_mode="stretch_width") for plot in self.curves]
        main = panel.Column(
            panel.Row(self.counts, self.rates),
            self.message,
            *plots,
            panel.Row(*curves, sizing_mode="stretch_width"),
            panel.Tabs(
                ("Command line", self._copied(self.command, "command")),
                ("Python", self._copied(self.script, "script")),
                sizing_mode="stretch_width",
            ),
            sizing_mode="stretch_width",
        )
        return panel.Row(side, main, sizing_mode="stretch_width")

    def _slider(self, name: str) -> Any:
        tooltip = self.panel.widgets.TooltipIcon(value=live.sliders()[name].tooltip, margin=(4, 0))
        return self.panel.Row(self.sliders[name], tooltip, margin=0)

    def _copied(self, code: Any, what: str) -> Any:
        button = self.panel.widgets.Button(name="Copy", width=70, css_classes=[f"copy-{what}"])
        button.js_on_click(args={"code": code}, code=_COPY)
        return self.panel.Row(code, button, sizing_mode="stretch_width")


# ---- pieces of HTML --------------------------------------------------------------------------------------------------

_NUMBERS_CSS = """
.numbers { display: flex; gap: 28px; align-items: baseline; padding: 4px 8px; font-size: 13px; color: #555; }
.numbers b { display: block; font-size: 24px; color: #111; font-weight: 600; font-variant-numeric: tabular-nums; }
.took { color: #999; font-size: 11px; min-width: 60px; }
"""
_CODE_CSS = """
pre { background: #f5f5f5; border-radius: 4px; padding: 10px; margin: 0; font-size: 12.5px; line-height: 1.45;
      white-space: pre-wrap; overflow-wrap: anywhere; }
"""
# The text of the element: entities are read back by the browser, nothing is evaluated.
_COPY = """
const read = new DOMParser().parseFromString(code.text, "text/html").body;
const again = new DOMParser().parseFromString(read.textContent, "text/html").body;
navigator.clipboard.writeText(again.textContent);
"""


def _numbers(numbers: dict[str, str], took_s: float) -> str:
    each = "".join(
        f'<div id="{name.replace(" ", "-")}"><b>{html.escape(value)}</b>{html.escape(name)}</div>'
        for name, value in numbers.items()
    )
    return f'<div class="numbers">{each}<div class="took">{1e3 * took_s:.0f} ms</div></div>'


def _code(what: str, text: str) -> str:
    return f'<pre id="{what}">{html.escape(text)}</pre>'
