"""The page with sliders, made of Panel: what the user moves, what is shown, and where things are.

The trace without noise follows every movement at once. What is measured in background noise follows when the sliders
rest. A window is there before its first numbers, if no window had them yet.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import current_steps, response_curves
from . import incoming, live, styles
from .asking import Asking
from .controls import Control
from .live import Seen
from .plots import COMPARED, LIVE, CurvePlot, TracePlot
from .run_queue import RunQueue
from .sections import Follower, Section, counts, rates

REST = 0.15  # s without a movement, after which curves are measured


class Page:
    """Widgets, sections, and the runs that connect them; one for each browser window.

    Parameters
    ----------
    panel : module
        Panel, which not everybody has.
    runs : RunQueue
        Of current_steps and response_curves; all windows have the same.

    Attributes
    ----------
    view : panel.Column
    """

    def __init__(self, panel: Any, runs: RunQueue) -> None:
        self.panel = panel
        # Runs end outside of the turn of this window, which alone may change what it shows; a notebook has no turns.
        document = panel.state.curdoc
        self.document = document if document is not None and document.session_context else None
        self.was_used = False
        self.are_told = False
        self.sections = self._make_sections()
        rests = (0.0, REST)
        self.followers = {
            which: [
                Follower(runs, simulator, self._later(section, which), rest, self.is_closed)
                for simulator, section, rest in zip(runs.simulators, self.sections, rests, strict=True)
            ]
            for which in (LIVE, COMPARED)
        }
        self.moving = False
        self.asking = Asking(runs, self)
        self._make_widgets()
        self.view = self._arrange()
        if self.document is not None:
            incoming.guard(self.document, self._refuse)
        self._begin(runs)

    def _begin(self, runs: RunQueue) -> None:
        settings = self.settings
        for place, (simulator, section) in enumerate(zip(runs.simulators, self.sections, strict=True)):
            section.expect(settings)
            seen = runs.kept(simulator, settings)
            for which in (LIVE, COMPARED):
                if seen is not None:
                    section.receive(seen, which)
                else:
                    self.followers[which][place].ask(settings)
            section.compare(False)

    def is_closed(self) -> bool:
        """Whether nobody looks any more."""
        # Before its first movement a window may not be connected yet.
        session = self.document.session_context.session if self.document is not None and self.was_used else None
        return session is not None and session.connection_count == 0

    def _make_sections(self) -> list[Section]:
        steps, response = (module.PRESETS[live.PRESET] for module in (current_steps, response_curves))
        onset, end = (float(value) for value in (steps.onset, steps.onset + steps.step_duration))
        seconds = float(response.duration - response.settling)
        return [
            Section(
                self.panel,
                "A cell under current steps, without noise",
                f"both currents flow from {1e3 * onset:g} to {1e3 * end:g} ms",
                [TracePlot("steps", float(steps.duration), (onset, end))],
                counts,
            ),
            Section(
                self.panel,
                "Cells in background noise, constant currents",
                f"{response.cells_per_current} cells for each point, {seconds:g} s each; one of them above the curves",
                [
                    TracePlot("noise", float(response.duration)),
                    CurvePlot("f-I", "f-I curve: event rate reads the soma", "somatic_sweep", "event_rate"),
                    CurvePlot(
                        "BP", "BP curve: burst probability reads the dendrite", "dendritic_sweep", "burst_probability"
                    ),
                ],
                rates,
            ),
        ]

    # ---- what the user moves -----------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        from bokeh.models import Slider as Handle

        widgets = self.panel.widgets
        self.sliders = {name: Control(slider, self._slid, self._refuse) for name, slider in live.sliders().items()}
        self.preset = widgets.Select(
            name="Preset of the paper", options=list(live.presets()), width=290, css_classes=["preset"]
        )
        self.compare = widgets.Checkbox(name="compare with the preset", css_classes=["compare"], align="end")
        self.reset = widgets.Button(name="Reset", width=80, css_classes=["reset"], align="end")
        self.show_code = widgets.Toggle(
            name="Command line and Python", button_type="primary", width=210, css_classes=["show-code"], align="end"
        )
        self.command, self.script = (
            self.panel.pane.HTML(stylesheets=[styles.CODE_CSS], sizing_mode="stretch_width") for _ in range(2)
        )
        self.notice = self.panel.pane.HTML(
            visible=False, stylesheets=[styles.NUMBERS_CSS], sizing_mode="stretch_width", margin=(0, 4, 10, 4)
        )
        self.look = widgets.Button(name="What each slider does", width=170, css_classes=["look"], align="end")
        self.rate, self.probability = (
            Handle(name=name, title=title, value=value, start=0, end=end, step=step, width=190)
            for name, title, value, end, step in (
                ("wanted_rate", "event rate (Hz)", 8, 30, 0.5),
                ("wanted_probability", "burst probability (%)", 50, 100, 1),
            )
        )
        self.fit = widgets.Button(name="Fit to this", width=100, css_classes=["fit"], align="end")
        for widget, name, change in (
            (self.look, "clicks", lambda: self.asking.look(self.settings)),
            (self.fit, "clicks", lambda: self.asking.fit(self.settings, self.rate.value, self.probability.value)),
            (self.preset, "value", self._choose_preset),
            (self.reset, "clicks", self._to_preset),
            (self.compare, "value", self._compare),
        ):
            widget.param.watch(functools.partial(self.in_turn, change), name)
        self.show_code.param.watch(self._tell, "value")

    @property
    def settings(self) -> dict[str, float]:
        """Where the sliders stand."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _slid(self) -> None:
        if not self.moving:
            self.in_turn(self._moved)

    def _moved(self) -> None:
        self.was_used = True
        settings = self.settings
        self._tell_effects({})
        self.notice.param.update(object="", visible=False)
        for section, follower in zip(self.sections, self.followers[LIVE], strict=True):
            section.expect(settings)
            follower.ask(settings)
        self._tell()

    def show_effects(self, texts: dict[str, str]) -> None:
        """Show below each slider what it does."""
        self._tell_effects(texts)
        self.notice.param.update(object="", visible=False)

    def _tell_effects(self, texts: dict[str, str]) -> None:
        if texts or self.are_told:
            for name, control in self.sliders.items():
                control.tell(texts.get(name, ""))
        self.are_told = bool(texts)

    def take(self, settings: live.Settings, text: str) -> None:
        """Move all sliders at once, and say why."""
        self._to(settings)
        self.say(text)

    def _refuse(self, text: str) -> None:
        self.in_turn(lambda: self.say(text, wrong=True))

    def say(self, text: str, wrong: bool = False) -> None:
        """Say what is done, or was not, until something else is."""
        self.notice.param.update(object=styles.notice(text, wrong), visible=True)

    def _choose_preset(self) -> None:
        self._to_preset()
        for follower in self.followers[COMPARED]:
            follower.ask(live.presets()[self.preset.value])

    def _to_preset(self) -> None:
        self._to(live.presets()[self.preset.value])

    def _to(self, settings: live.Settings) -> None:
        self.moving = True
        try:
            for name, value in settings.items():
                self.sliders[name].reset(value)
        finally:
            self.moving = False
        self._moved()

    def _compare(self) -> None:
        for section in self.sections:
            section.compare(self.compare.value)

    def in_turn(self, change: Callable[[], None], *events: Any) -> None:
        """Make a change in this window's next turn, in one message: the browser draws once.

        Newer Bokeh calls everything but coroutines in threads of its own, in which there is no event loop.
        """
        document = self.document
        if document is None:
            # A notebook sends what changes by itself; what is held for a window that is not there would be lost.
            change()
            return

        async def in_turn() -> None:
            # Panel's `hold` would also keep what the window sends meanwhile, and send it back.
            document.hold("combine")
            try:
                change()
            finally:
                document.unhold()

        document.add_next_tick_callback(in_turn)

    # ---- what the user sees ------------------------------------------------------------------------------------------

    def _later(self, section: Section, which: str) -> Callable[[Seen | Exception], None]:
        """What a follower calls: shows its run in this window's next turn."""

        def show_later(seen: Seen | Exception) -> None:
            if self.document is None:
                section.receive(seen, which)
                self.panel.io.push_notebook(self.view)
            else:
                self.in_turn(lambda: section.receive(seen, which))

        return show_later

    def _tell(self, *events: Any) -> None:
        if self.show_code.value:  # what nobody sees would make the browser slower
            self.command.object = styles.code("command", live.command_lines(self.settings))
            self.script.object = styles.code("script", live.python_code(self.settings))

    # ---- where things are --------------------------------------------------------------------------------------------

    def _arrange(self) -> Any:
        panel, wide = self.panel, {"sizing_mode": "stretch_width"}
        head = panel.Row(
            panel.pane.HTML(styles.BRAND, **wide), self.preset, self.compare, self.reset, self.show_code,
            styles=styles.CARD, margin=(0, 0, 10, 0), **wide,
        )  # fmt: skip
        side = panel.Column(
            panel.pane.HTML(styles.SIDE_HEAD, margin=(0, 4, 4, 4), **wide), *map(self._group, live.GROUPS),
            width=330, styles=styles.SIDE, margin=(0, 10, 0, 0),
        )  # fmt: skip
        steps, response = self.sections
        noise, *curves = (panel.pane.Bokeh(plot.figure, margin=0, **wide) for plot in response.plots)
        code = panel.Column(
            self._copied(self.command, "command"), self._copied(self.script, "script"), visible=False,
            styles=styles.CARD, margin=(0, 0, 10, 0), **wide,
        )  # fmt: skip
        self.show_code.link(code, value="visible")
        main = panel.Column(
            self.notice,
            code,
            panel.Column(
                steps.head, *(panel.pane.Bokeh(plot.figure, margin=0, **wide) for plot in steps.plots),
                styles=styles.CARD, margin=(0, 0, 10, 0), **wide,
            ),
            panel.Column(
                response.head, self._asking_row(), noise,
                panel.Row(*curves, margin=0, **wide), styles=styles.CARD, margin=0, **wide,
            ),
            margin=0, **wide,
        )  # fmt: skip
        return panel.Column(head, panel.Row(side, main, margin=0, **wide), styles=styles.PAGE, margin=0, **wide)

    def _asking_row(self) -> Any:
        from bokeh.models import Row

        wanted = self.panel.pane.Bokeh(Row(self.rate, self.probability), margin=0)
        return self.panel.Row(self.look, wanted, self.fit, margin=0)

    def _group(self, group: str) -> Any:
        from bokeh.models import Column

        panel, wide = self.panel, {"sizing_mode": "stretch_width"}
        controls = [self.sliders[name].view for name, slider in live.sliders().items() if slider.group == group]
        return panel.Card(
            panel.pane.Bokeh(Column(*controls, **wide), margin=0, **wide),
            header=panel.pane.HTML(styles.group_head(group), margin=0), stylesheets=[styles.GROUP_CSS],
            margin=(0, 0, 8, 0), **wide,
        )  # fmt: skip

    def _copied(self, code: Any, what: str) -> Any:
        button = self.panel.widgets.Button(name="Copy", width=70, css_classes=[f"copy-{what}"])
        button.js_on_click(args={"code": code}, code=styles.COPY_SCRIPT)
        return self.panel.Row(code, button, sizing_mode="stretch_width")
