"""The page of `burstlab explore` in a notebook, as somebody has it: a real JupyterLab in Chromium.

    make test-jupyter

It is no part of CI, where JupyterLab is not installed; with it, the browser and the kernel it takes a minute or two.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from .explore_page import CHROMIUM, FLAGS, SIZE, free_port
from .stopping import wait_until

PATIENCE = 120  # s: the first page compiles two programs
CELLS = (
    "import panel\n\npanel.extension(inline=True)",
    "from burstlab.experiments.explore.server import page\n\npage()",
)


@contextlib.contextmanager
def jupyter(folder: Path) -> Iterator[str]:
    """A JupyterLab of its own in a folder with a notebook; the address of the notebook."""
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # without one a window asks for it
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "page.ipynb")
    port, settings = free_port(), {f"JUPYTER_{what}_DIR": str(folder / what) for what in ("CONFIG", "DATA", "RUNTIME")}
    address = f"http://127.0.0.1:{port}"
    words = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.port_retries=0",
        f"--port={port}",
        "--IdentityProvider.token=",
    ]
    with open(folder / "jupyter.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words], cwd=folder, stdout=log, stderr=log,
            env=os.environ | settings | {"MPLBACKEND": "agg"},
        )  # fmt: skip
    try:
        wait_until(lambda: _answers(address), process, PATIENCE)
        yield f"{address}/lab/tree/page.ipynb"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/api", timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def notebook(url: str, profile: Path) -> Iterator[Any]:
    """The notebook in a browser, all of whose cells have been run (a playwright Page)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, headless=True, args=list(FLAGS), viewport=SIZE
        )
        context.set_default_timeout(1000 * PATIENCE)
        try:
            page = context.pages[0]
            page.set_default_timeout(1000 * PATIENCE)
            page.goto(url)
            page.locator(".jp-NotebookPanel .jp-Cell").nth(1).wait_for()
            # The kernel is there when it says so.
            page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            yield page
        finally:
            context.close()
