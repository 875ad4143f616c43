"""The page with sliders, end to end: the command that serves it, and a browser that uses it."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import socket
import sys
from importlib.util import find_spec

import pytest

from burstlab.experiments import RunError
from burstlab.experiments.catalogue import configure, find
from burstlab.experiments.explore import live
from burstlab.experiments.explore import server as explore
from burstlab.experiments.explore.page import Page
from burstlab.experiments.explore.plots import LIVE
from burstlab.experiments.explore.run_queue import RunQueue
from burstlab.models import ParameterError

from .experiment_runs import cache, here, here_compiled, left_in, run_once
from .explore_page import (
    CHROMIUM,
    PLAIN,
    back_to_preset,
    free_port,
    in_a_thread,
    move,
    number,
    opened,
    samples,
    served,
    settle,
    shown,
    time_update,
    type_value,
)
from .page_windows import NUMBERS, Window, changed
from .patience import PATIENCE, long

__all__ = ["cache", "here", "here_compiled"]

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="no chromium (Debian: apt-get install chromium) or no playwright here (pip install playwright)",
)


@pytest.fixture(scope="module")
def server(cache, tmp_path_factory):
    """The running command; there is no compiler on its path, so whatever works needs none."""
    for experiment in ("current_steps", "response_curves"):
        run_once(experiment)
    bare = tmp_path_factory.mktemp("bare")
    temporary = tmp_path_factory.mktemp("temporary")
    with served(bare, BURSTLAB_CACHE=str(cache), PATH=str(bare), TMPDIR=str(temporary)) as (process, url):
        yield process, url
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
            # Ctrl-C: without a word, and nothing stays behind.
            assert process.returncode == 0
            # What test_no_other_origin_may_talk_to_it did is said, and that windows went; nothing else.
            known = (
                "elsewhere",
                "403 GET /ws",
                "WARNING:bokeh.server.views.ws:Failed sending message as connection was closed",
            )
            assert [line for line in errors.splitlines() if not any(text in line for text in known)] == []
            assert left_in(temporary) == left_in(bare) == []


@pytest.fixture(scope="module")
def page(server):
    with opened(server[1]) as page_:
        assert page_.locator("#command").count() == 0 or not page_.locator("#command").is_visible()
        page_.locator(".show-code button").click()
        page_.locator("#command").wait_for()
        yield page_


@needs_chromium
def test_a_slider_moves_and_the_shown_commands_give_the_same_numbers(page, here_compiled, tmp_path):
    assert number(page, "bursts") == str(run_once("current_steps").summary["burst_count"][0]) == "2"
    before = samples(page, "steps-v_s-live", "voltage")
    assert 1500 < len(before) <= 2000  # two extremes of each of a thousand pieces
    # Keys on the handle itself.
    handle = page.locator(".parameter-dendritic_current .noUi-handle")
    handle.focus()
    for _ in range(80):
        handle.press("ArrowRight")
    settle(page, "dendritic_current=800 pA")
    assert samples(page, "steps-v_s-live", "voltage") != before
    assert number(page, "bursts") == "1"
    summaries = []
    for line in shown(page, "command").splitlines():
        done = here_compiled(*shlex.split(line)[1:])
        assert done.returncode == 0, done.stderr
        summaries.append(json.loads((tmp_path / "results" / "explore" / line.split()[2] / "summary.json").read_text()))
    steps, curves = summaries
    for name in ("spike", "event", "burst"):
        assert number(page, f"{name}s") == str(steps[f"{name}_count"][0])
    assert number(page, "event-rate") == f"{curves['event_rate_Hz'][0]:.2f} Hz"
    assert number(page, "burst-probability") == f"{100 * curves['burst_probability'][0]:.1f} %"


@needs_chromium
@pytest.mark.parametrize("what", ["command", "script"])
def test_what_is_copied_is_what_is_shown(page, what):
    page.locator(f".copy-{what} button").click()
    page.wait_for_function("text => navigator.clipboard.readText().then(read => read === text)", arg=shown(page, what))
    assert "dendritic_current" in shown(page, what)


@needs_chromium
def test_fifty_movements_at_once_end_at_the_last_one(page):
    """In a server that finds no compiler. How long an update takes is measured by benchmarks/explore_latency.py."""
    back_to_preset(page)
    before = samples(page, "steps-v_s-live", "voltage")
    for step in range(1, 51):
        move(page, "tau_d", 7 + 0.04 * step)
    settle(page, "tau_d=9 ms")
    after = samples(page, "steps-v_s-live", "voltage")
    assert after != before
    assert (number(page, "spikes"), number(page, "bursts")) == ("29", "1")
    # The same place, approached in one step.
    back_to_preset(page)
    assert samples(page, "steps-v_s-live", "voltage") == before
    time_update(page, "tau_d", 9)
    settle(page, "tau_d=9 ms")
    assert samples(page, "steps-v_s-live", "voltage") == after


@needs_chromium
def test_curves_follow_and_synapses_count(page):
    back_to_preset(page)
    curve, noise = samples(page, "f-I-curve-live", "value"), samples(page, "noise-v_s-live", "voltage")
    steps = samples(page, "steps-v_s-live", "voltage")
    assert len(curve) == 13
    type_value(page, "background_exc_s", 0.5)
    settle(page, "background_exc_s=0.5")
    # More excitation of the soma: more events at every current, and nothing new without noise.
    assert sum(samples(page, "f-I-curve-live", "value")) > sum(curve) + 5
    assert samples(page, "noise-v_s-live", "voltage") != noise
    assert samples(page, "steps-v_s-live", "voltage") == steps
    lines = shown(page, "command").splitlines()
    assert ["background_exc_s" in line for line in lines] == [False, True]


@needs_chromium
def test_presets_compare_and_reset(page):
    page.locator(".preset select").select_option("700 pA soma, 0 pA dendrite")
    settle(page, "somatic_current=700 pA")
    assert (number(page, "spikes"), number(page, "bursts")) == ("8", "0")
    preset = samples(page, "steps-v_s-live", "voltage")
    visible = "Bokeh.documents[0].get_model_by_name('steps').renderers.filter(r => r.visible).length"
    alone = page.evaluate(visible)
    page.locator(".compare input").check()
    type_value(page, "dendritic_current", 800)
    settle(page, "dendritic_current=800 pA")
    page.locator("#spikes i", has_text="preset 8").wait_for()
    assert number(page, "spikes") != "8"
    assert page.evaluate(visible) == 2 * alone
    assert samples(page, "steps-v_s-compared", "voltage") == preset
    assert samples(page, "steps-v_s-live", "voltage") != preset
    back_to_preset(page, "somatic_current=700 pA", "dendritic_current=0 pA")
    assert samples(page, "steps-v_s-live", "voltage") == preset
    assert number(page, "spikes") == "8"
    page.locator(".preset select").select_option(next(iter(live.presets())))
    settle(page, PLAIN)


@needs_chromium
def test_what_set_refuses_is_refused_in_the_same_words(page):
    back_to_preset(page)
    before = samples(page, "steps-v_s-live", "voltage")
    type_value(page, "tau_d", 1000)
    with pytest.raises(ParameterError) as refused:
        configure(find("current_steps"), "quick", {"tau_d": "1000 ms"})
    for section in (0, 1):
        page.locator(".error").nth(section).wait_for()
        assert page.locator(".error").nth(section).text_content() == str(refused.value)
    # What is still shown is not what the sliders say.
    assert page.locator(".old").count() == 2
    assert samples(page, "steps-v_s-live", "voltage") == before
    back_to_preset(page)
    assert page.locator(".error").count() == 0


@needs_chromium
def test_an_empty_field_gets_its_number_back(page):
    back_to_preset(page)
    type_value(page, "tau_d", "")
    page.locator("#notice", has_text="tau_d: not a finite number; it stays at 7").wait_for()
    page.wait_for_function("() => true")
    assert page.locator(".parameter-tau_d input").input_value() == "7"
    assert page.locator(".old").count() == 0
    type_value(page, "tau_d", 9)
    page.locator("#notice").wait_for(state="hidden")
    settle(page, "tau_d=9 ms")
    back_to_preset(page)


@needs_chromium
def test_the_page_asks_no_other_computer(server, page):
    assert len(page.asked) >= 5
    strangers = [url for url in page.asked if not url.startswith((server[1], "data:", "blob:", "ws://127.0.0.1"))]
    assert strangers == []


# ---- a notebook ------------------------------------------------------------------------------------------------------


def test_in_a_notebook_it_follows_its_sliders_too():
    """There is no server and no window, only the event loop of the kernel."""
    panel = pytest.importorskip("panel")
    runs = RunQueue([live.Simulator(module) for module in live.EXPERIMENTS])
    for first in runs.submit_first():
        first.result()
    made = Page(panel, runs)
    before = [section.seen[LIVE] for section in made.sections]

    async def move():
        made.sliders["tau_d"].value = 9.0
        while any(section.seen[LIVE].settings["tau_d"] != 9 for section in made.sections):
            await asyncio.sleep(0.05)

    in_a_thread(move())
    assert before[0].analysis.summary["spike_count"] == [12]
    for section, experiment in zip(made.sections, live.EXPERIMENTS, strict=True):
        assert section.seen[LIVE].settings == live.defaults() | {"tau_d": 9.0}
        assert len(section.seen[LIVE].analysis.summary) >= 5, experiment.name
    assert made.sections[0].seen[LIVE].analysis.summary["spike_count"] == [29]
    assert "section old" not in made.sections[0].head.object
    assert isinstance(explore.page(), type(made.view))


# ---- many windows, and what they send --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [6, long(20)])
def test_windows_opened_at_once_have_their_numbers_and_follow_their_sliders(server, count):
    half = count // 2

    async def all_of_them():
        windows = await asyncio.gather(*(Window.open(server[1]) for _ in range(count)))
        await asyncio.gather(*(window.shows(*NUMBERS) for window in windows))
        texts = [window.texts for window in windows]
        # All move at once; those that are closed in the meantime are in nobody's way.
        for window in windows[half:]:
            await window.send("PATCH-DOC", {"events": [changed(window.find("Slider", "tau_d"), "value", 12)]})
            window.close()
        for window in windows[:half]:
            window.texts = ""
            await window.send("PATCH-DOC", {"events": [changed(window.find("Slider", "tau_d"), "value", 9)]})
        await asyncio.gather(*(window.shows("<b>29</b>spikes", "burst probability") for window in windows[:half]))
        return texts, [window.errors for window in windows]

    texts, errors = in_a_thread(all_of_them())
    assert len(texts) == count
    assert all("<b>12</b>spikes" in text for text in texts)
    assert errors == [[]] * count


NAN, INFINITE = ({"type": "number", "value": value} for value in ("nan", "+inf"))
NO_VALUES = [
    NAN, INFINITE, -(10**400), None, "fast", [7] * 100_000, {"type": "map", "entries": [[1, 2]]},
    {"id": "nowhere"}, {"type": "number"}, {"type": "no such thing"},
]  # fmt: skip


@pytest.mark.parametrize("widget", ["Slider", "Spinner"])
def test_what_is_no_value_is_put_back_and_said(server, widget):
    async def send():
        window = await Window.open(server[1])
        await window.shows(*NUMBERS)
        slider = window.find(widget, "tau_d")
        for bad in NO_VALUES:
            window.texts = ""
            await window.patch(changed(slider, "value", bad))
            await window.shows('id="notice"')
            (said,) = [line for line in window.texts.splitlines() if 'id="notice"' in line]
            assert len(said) < 200
            assert "refused" in said or "not a finite number; it stays at 7" in said
            # As before: the next movement is one, and the line is gone.
            for value, spikes in ((9, 29), (7, 12)):
                window.texts = ""
                await window.patch(changed(slider, "value", value))
                await window.shows(f"<b>{spikes}</b>spikes")
        window.close()
        return window.errors

    assert in_a_thread(send()) == []


@pytest.mark.parametrize("widget", ["Slider", "Spinner"])
def test_numbers_that_are_not_allowed_are_refused_in_the_words_of_set(server, widget):
    async def send():
        window = await Window.open(server[1])
        await window.shows(*NUMBERS)
        slider = window.find(widget, "tau_d")
        for value, text in ((-5, "-5"), (1e308, "1e+308")):
            window.texts = ""
            await window.patch(changed(slider, "value", value))
            await window.shows(f"tau_d = {text} ms: outside the allowed range, 1 to 100 ms")
        window.texts = ""
        await window.patch(changed(slider, "value", 9))
        await window.shows("<b>29</b>spikes")
        window.close()
        return window.errors

    assert in_a_thread(send()) == []


def test_other_messages_that_no_page_sends_are_refused(server):
    """The preset, compare, reset, ranges and texts of widgets, whole documents, and events that are none."""

    async def send():
        window = await Window.open(server[1])
        await window.shows(*NUMBERS)
        slider, compare = window.find("Slider", "tau_d"), window.find("Checkbox")
        (preset,) = [
            id_ for id_, model in window.models.items() if model["attributes"].get("title") == "Preset of the paper"
        ]
        sources = [id_ for id_, model in window.models.items() if model["name"] == "ColumnDataSource"]
        reset = {
            "type": "event",
            "name": "button_click",
            "values": {"type": "map", "entries": [["model", {"id": slider}]]},
        }
        bad = [
            [changed(preset, "value", "a preset of nobody")],
            [changed(preset, "value", None)],
            [changed(preset, "options", ["mine"])],
            [changed(compare, "active", "perhaps")],
            [changed(compare, "active", NAN)],
            [changed(slider, "end", NAN)],
            [changed(slider, "start", 1e9)],
            [changed(slider, "step", -1)],
            [changed(slider, "speed", 1)],
            [changed(slider, "value", 9), changed(slider, "value", "fast")],  # one bad part: nothing is done
            [changed(sources[0], "data", {"type": "map", "entries": [["time", [0.0] * 100_000]]})],
            [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": reset}],
            [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": 5}],
            [{"kind": "RootRemoved", "model": {"id": slider}}],
            [{"kind": "TitleChanged", "title": 5}],
            [{}],
            [None],
            5,
        ]
        lines = []
        for events in bad:
            await window.patch(changed(slider, "value", 9))
            await window.patch(changed(slider, "value", 7))  # the line is gone
            window.texts = ""
            await window.send("PATCH-DOC", {"events": events})
            await window.shows('id="notice"')
            lines += [line for line in window.texts.splitlines() if 'id="notice"' in line]
        await window.send("PUSH-DOC", {"doc": {}})
        window.texts = ""
        await window.patch(changed(slider, "value", 9))
        await window.shows("<b>29</b>spikes")
        window.close()
        return lines, len(bad), window.errors

    lines, count, errors = in_a_thread(send())
    assert len(lines) == count
    assert all("refused" in line for line in lines)
    assert errors == []


# ---- the server ------------------------------------------------------------------------------------------------------


def test_it_listens_on_this_computer_alone(server):
    port = int(server[1].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        pass
    # A server on every address would answer at this one of the same computer, too.
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=PATIENCE)


def test_no_other_origin_may_talk_to_it(server):
    address = server[1].removeprefix("http://")
    host, _, port = address.partition(":")
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {address}",
        "Origin: http://elsewhere.example",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: bokeh, token",
    ]
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = connection.recv(1000).decode()
    assert answer.split()[1] == "403", answer


def test_a_port_in_use_is_one_line(here):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = here("explore", "--port", port, "--no-browser")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"burstlab: port {port} of 127.0.0.1 is in use; take another with --port"]
    assert done.stdout == ""


def test_without_panel_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "panel", None)
    for call in (explore.page, lambda: explore.serve(free_port())):
        with pytest.raises(RunError, match=r"burstlab\[explore\]"):
            call()


def test_without_a_program_or_a_compiler_nothing_is_served(monkeypatch, tmp_path):
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    port, said = free_port(), []
    with pytest.raises(RunError, match=r"no g\+\+ found"):
        explore.serve(port, open_browser=False, say=said.append)
    assert said == ["compiling the programs of the page (once, some 30 s) ..."]
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))
