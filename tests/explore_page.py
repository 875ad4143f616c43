"""The page of `burstlab explore` as a user has it: the command in a process of its own, and Debian's Chromium on it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .patience import PATIENCE
from .stopping import start

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1500, "height": 1180}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(cwd: Path, **environment: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """`burstlab explore --no-browser` in `cwd`, and the address that it printed."""
    process = start("explore", "--port", free_port(), "--no-browser", cwd=cwd, **environment)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        if "compiling" in line:
            line = process.stdout.readline()
        assert "http://" in line, line + process.stderr.read()
        yield process, line.split()[2]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()
        for stream in (process.stdout, process.stderr):
            stream.close()


@contextlib.contextmanager
def opened(url: str) -> Iterator[Any]:
    """The page in a browser with an empty profile, ready to be used (a playwright Page)."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="burstlab-chromium-") as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            args=list(FLAGS),
            viewport=SIZE,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(1000 * PATIENCE)
        try:
            page = context.pages[0]
            page.set_default_timeout(1000 * PATIENCE)
            page.asked = []
            page.on("request", lambda request: page.asked.append(request.url))
            page.goto(url)
            page.wait_for_function(_READY)
            page.wait_for_selector("#bursts")
            yield page
        finally:
            context.close()


_READY = "window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].get_model_by_name('steps-v_s-live')"


def in_a_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end in an event loop of its own: that of the tests' thread is the browser's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(work, 5 * PATIENCE)).result()


def settle(page: Any, *texts: str) -> None:
    """Wait until all texts are in the shown command lines, and the numbers are those of the sliders."""
    for text in texts:
        page.locator("#command", has_text=text).wait_for(state="attached")
    page.locator(".old").first.wait_for(state="detached")


def shown(page: Any, what: str) -> str:
    """The text of what repeats the page: command (lines) or script."""
    return page.locator(f"#{what}").text_content()


PLAIN = "burstlab run current_steps --out"  # how the command line of the first preset begins


def back_to_preset(page: Any, *texts: str) -> None:
    """Press Reset, and wait until the command lines have these texts, or those of the first preset."""
    page.locator(".reset button").click()
    settle(page, *(texts or (PLAIN,)))


def number(page: Any, name: str) -> str:
    """A number on the page: spikes, events, bursts, event-rate, burst-probability."""
    return page.inner_text(f"#{name} b")


def samples(page: Any, source: str, column: str) -> list[float]:
    """A column of one of the plots' data sources, as the browser has it."""
    return page.evaluate(
        "([source, column]) => Array.from(Bokeh.documents[0].get_model_by_name(source).data[column])", [source, column]
    )


def type_value(page: Any, name: str, value: float) -> None:
    """Write a value into the number field of a slider."""
    field = page.locator(f".parameter-{name} input")
    field.fill(str(value))
    field.press("Enter")


def move(page: Any, name: str, value: float) -> None:
    """Move a slider in the browser, and wait for nothing."""
    page.evaluate(_MOVE, [f"parameter-{name}", value])


def time_update(page: Any, name: str, value: float, source: str = "steps-v_s-live") -> float:
    """Move a slider in the browser; seconds until the browser has the new data."""
    return page.evaluate(_TIME_UPDATE, [f"parameter-{name}", value, source, 1000 * PATIENCE])


_FIND = """
  const models = [...Bokeh.documents[0]._all_models.values()];
  const column = models.find(model => (model.css_classes || []).includes(css));
  const slider = column.children.find(model => model.type.endsWith("Slider"));
"""

_MOVE = f"([css, value]) => {{ {_FIND} slider.value = value; }}"

_TIME_UPDATE = (
    f"async ([css, value, name, patience]) => {{ {_FIND}"
    + """
  const data = Bokeh.documents[0].get_model_by_name(name).properties.data.change;
  return await new Promise((resolve, reject) => {
    const began = performance.now();
    const arrived = () => { data.disconnect(arrived); resolve((performance.now() - began)/1000); };
    data.connect(arrived);
    setTimeout(() => reject(new Error("no new data")), patience);
    slider.value = value;
  });
}"""
)
