"""The page of `burstlab explore` in a real JupyterLab: a slider moves, and the plot follows (`make test-jupyter`)."""

from __future__ import annotations

import pytest

from .explore_page import CHROMIUM
from .jupyter_page import jupyter, notebook

pytest.importorskip("jupyterlab", reason="make test-jupyter installs it")
pytest.importorskip("panel")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium (Debian: apt-get install chromium)"),
]

# The trace that the browser has, and what is drawn of it.
_TRACE = """() => {
  for (const document of (window.Bokeh ? Bokeh.documents : [])) {
    const source = document.get_model_by_name("steps-v_s-live");
    if (source) return Array.from(source.data.voltage);
  }
  return null;
}"""


def test_a_slider_moves_and_the_plot_follows(tmp_path):
    """As a hand does it: the handle has the focus, and a key moves it to its end, -500 pA into the dendrite."""
    with jupyter(tmp_path) as url, notebook(url, tmp_path / "profile") as page:
        slider = page.locator(".parameter-dendritic_current .noUi-handle").first
        slider.wait_for()
        page.wait_for_function(f"() => ({_TRACE})() !== null")
        page.locator("#bursts b", has_text="2").first.wait_for()
        before, plot = page.evaluate(_TRACE), page.locator(".jp-OutputArea canvas").first
        drawn = plot.screenshot()
        assert len(before) > 500
        slider.press("Home")
        # Without the dendrite there is no burst, and the soma's voltage is another one where it had some.
        page.locator("#bursts b", has_text="0").first.wait_for()
        page.wait_for_function(f"before => ({_TRACE})().some((voltage, k) => voltage !== before[k])", arg=before)
        page.locator(".old").first.wait_for(state="detached")
        assert page.locator(".parameter-dendritic_current input").first.input_value().startswith("-500")
        assert plot.screenshot() != drawn
