"""The page with sliders, end to end: the command that serves it, and a browser that uses it."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import statistics
import time
from importlib.util import find_spec

import pytest

from burstlab.experiments import program

from .experiment_runs import cache, command, left_in, run_once
from .explore_page import (
    CHROMIUM,
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

__all__ = ["cache"]

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None,
    reason="no chromium (Debian: apt-get install chromium) or no playwright here (pip install playwright)",
)
ALLOWED_S = 0.3


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
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
            # Ctrl-C: soon, without a word, and nothing stays behind.
            assert time.monotonic() - began < 10
            assert (process.returncode, errors) == (0, "")
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
    assert len(before) == 8000
    # Keys on the handle itself.
    handle = page.locator(".parameter-dendritic_current .noUi-handle")
    handle.focus()
    for _ in range(20):
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
def test_twenty_updates_within_300_ms_and_no_compile(page, cache):
    before = left_in(cache)
    times = []
    # Not at the ends, and never the value that is there.
    for step in range(1, 21):
        times.append(time_update(page, "tau_d", 7 + 0.1 * step))
        page.wait_for_timeout(100)
    median = statistics.median(times)
    print(f"median of {len(times)} updates of the trace: {1e3 * median:.0f} ms (allowed: 300 ms)")
    assert len(times) == 20
    assert median <= ALLOWED_S
    settle(page, "tau_d=9 ms")
    assert left_in(cache) == before


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
    assert page.evaluate(visible) == 2 * alone
    assert samples(page, "steps-v_s-compared", "voltage") == preset
    assert samples(page, "steps-v_s-live", "voltage") != preset
    back_to_preset(page, "somatic_current=700 pA")
    assert samples(page, "steps-v_s-live", "voltage") == preset
    assert number(page, "spikes") == "8"


@needs_chromium
def test_a_slider_stops_where_set_does(page):
    type_value(page, "tau_d", 1000)
    settle(page, "tau_d=100 ms")
    back_to_preset(page, "somatic_current=700 pA")


@needs_chromium
def test_the_page_asks_no_other_computer(server, page):
    assert len(page.asked) >= 5
    strangers = [url for url in page.asked if not url.startswith((server[1], "data:", "blob:", "ws://127.0.0.1"))]
    assert strangers == []


# ---- the server ------------------------------------------------------------------------------------------------------


def test_it_listens_on_this_computer_alone(server):
    port = int(server[1].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    # A server on every address would answer at this one of the same computer, too.
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize(("origin", "code"), [("http://elsewhere.example", 403), (None, 101)])
def test_no_other_origin_may_talk_to_it(server, origin, code):
    address = server[1].removeprefix("http://")
    host, _, port = address.partition(":")
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {address}",
        f"Origin: {origin or server[1]}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol: bokeh, token",
    ]
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = connection.recv(1000).decode()
    assert answer.split()[1] == str(code), answer


@pytest.mark.parametrize("port", [0, 65536, "http"])
def test_a_port_that_there_is_not_is_one_line(tmp_path, port):
    done = command("explore", "--port", port, "--no-browser", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "--port" in done.stderr
    assert done.stdout == ""


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("explore", "--port", port, "--no-browser", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"burstlab: port {port} of 127.0.0.1 is in use; take another with --port"]


def test_without_panel_the_extra_is_named(python, tmp_path):
    code = """
import sys
sys.modules["panel"] = None
from burstlab.experiments import RunError, explore
for call in (explore.page, lambda: explore.serve(5006)):
    try:
        call()
    except RunError as error:
        assert "[explore]" in str(error)
    else:
        raise AssertionError("no error")
"""
    python(code, cwd=tmp_path)


def test_without_a_program_or_a_compiler_nothing_is_served(tmp_path):
    done = command(
        "explore", "--port", free_port(), "--no-browser", cwd=tmp_path, BURSTLAB_CACHE=str(tmp_path / "cache"),
        PATH=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "g++" in done.stderr
    assert program.MANIFEST not in left_in(tmp_path)
