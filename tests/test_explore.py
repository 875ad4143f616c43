"""The page with sliders, end to end: the command that serves it, and a browser that uses it."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import socket
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import pytest

from burstlab.experiments import RunError, explore, live
from burstlab.experiments.catalogue import configure, find
from burstlab.experiments.page import Page
from burstlab.experiments.plots import LIVE
from burstlab.models import ParameterError

from .experiment_runs import cache, command, left_in, run_once
from .explore_page import (
    CHROMIUM,
    PLAIN,
    back_to_preset,
    free_port,
    number,
    opened,
    samples,
    served,
    settle,
    shown,
    time_update,
    type_value,
)
from .patience import PATIENCE

__all__ = ["cache"]

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
            # What test_no_other_origin_may_talk_to_it did is said, and nothing else.
            assert [line for line in errors.splitlines() if "elsewhere" not in line and "403 GET /ws" not in line] == []
            assert left_in(temporary) == left_in(bare) == []


@pytest.fixture(scope="module")
def page(server):
    with opened(server[1]) as page_:
        assert page_.locator("#command").count() == 0 or not page_.locator("#command").is_visible()
        page_.locator(".show-code button").click()
        page_.locator("#command").wait_for()
        yield page_


@needs_chromium
def test_a_slider_moves_and_the_shown_commands_give_the_same_numbers(page, tmp_path):
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
        done = command(*shlex.split(line)[1:], cwd=tmp_path)
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
def test_twenty_updates_without_a_compile_and_their_latency(page):
    """Prints the latency; the limit is held by benchmarks/explore_latency.py, which has the machine for itself."""
    times = []
    # Not at the ends, and never the value that is there.
    for step in range(1, 21):
        times.append(time_update(page, "tau_d", 7 + 0.1 * step))
        page.wait_for_timeout(100)
    print(f"median of {len(times)} updates of the trace: {1e3 * statistics.median(times):.0f} ms (allowed: 300 ms)")
    assert len(times) == 20
    settle(page, "tau_d=9 ms")  # in a server that finds no compiler


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
def test_the_page_asks_no_other_computer(server, page):
    assert len(page.asked) >= 5
    strangers = [url for url in page.asked if not url.startswith((server[1], "data:", "blob:", "ws://127.0.0.1"))]
    assert strangers == []


# ---- a notebook ------------------------------------------------------------------------------------------------------


def test_in_a_notebook_it_follows_its_sliders_too():
    """There is no server and no window, only the event loop of the kernel."""
    panel = pytest.importorskip("panel")
    made = Page(panel, [live.Simulator(module) for module in live.EXPERIMENTS])
    before = [section.seen[LIVE] for section in made.sections]

    async def move():
        made.sliders["tau_d"].value = 9.0
        while any(section.seen[LIVE].settings["tau_d"] != 9 for section in made.sections):
            await asyncio.sleep(0.05)

    # In a thread of its own: that of the tests has the event loop of the browser.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(asyncio.wait_for(move(), timeout=PATIENCE))).result()
    assert before[0].analysis.summary["spike_count"] == [12]
    for section, experiment in zip(made.sections, live.EXPERIMENTS, strict=True):
        assert section.seen[LIVE].settings == live.defaults() | {"tau_d": 9.0}
        assert len(section.seen[LIVE].analysis.summary) >= 5, experiment.name
    assert made.sections[0].seen[LIVE].analysis.summary["spike_count"] == [29]
    assert "section old" not in made.sections[0].head.object
    assert isinstance(explore.page(), type(made.view))


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


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("explore", "--port", port, "--no-browser", cwd=tmp_path)
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
