"""How the page with sliders looks: CSS, and the pieces of HTML that are not made of widgets."""

from __future__ import annotations

import html
from collections.abc import Mapping

from .live import Slider

FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
CARD = {
    "background": "white",
    "border": "1px solid #dfe4ea",
    "border-radius": "8px",
    "padding": "8px 12px",
    "box-sizing": "border-box",
}
PAGE = {"background": "#f3f5f8", "font-family": FONT, "min-height": "100vh", "box-sizing": "border-box"}
SIDE = CARD | {"height": "calc(100vh - 92px)", "overflow-y": "auto", "position": "sticky", "top": "12px"}

BRAND = """
<div style="line-height: 1.2">
  <span style="font-size: 21px; font-weight: 700; color: #0072B2">burstlab</span>
  <span style="font-size: 21px; font-weight: 300; color: #444">explore</span>
  <div style="font-size: 12px; color: #707070">two-compartment pyramidal cell, simulated as you move</div>
</div>
"""

SIDE_HEAD = """
<div style="color: #707070; font-size: 11.5px; line-height: 15px">
A typed number may go beyond the end of its slider, to what is allowed.</div>
"""

GROUP_CSS = """
:host(.card) { border: none; box-shadow: none; outline: none; }
.card-header { border-bottom: 1px solid #dfe4ea; border-radius: 0; background: white; padding: 5px 0; margin: 0; }
"""

NUMBERS_CSS = """
.section { display: flex; gap: 26px; align-items: flex-start; color: #555; font-size: 12px; min-height: 46px; }
.title { flex: 1; padding-top: 3px; }
.title b { display: block; font-size: 15px; color: #222; font-weight: 600; }
.number { text-align: right; min-width: 56px; }
.number b { display: block; font-size: 24px; line-height: 28px; color: #111; font-weight: 600;
            font-variant-numeric: tabular-nums; white-space: nowrap; }
.old .number b { color: #888; }
.number i { display: block; font-style: normal; color: #0072B2; white-space: nowrap; }
.error { color: #b00020; font-size: 13px; }
"""

# Name and number in one line.
FIELD_CSS = """
.bk-input-group { flex-direction: row; align-items: center; gap: 8px; }
.bk-input-group label { margin: 0; white-space: nowrap; }
.bk-input-group .bk-spin-wrapper { display: block; flex: 1; min-width: 0; }
.bk-input-group .bk-input { border: none; box-shadow: none; min-height: 0; padding: 2px 20px 2px 0; font-weight: bold; }
"""

CODE_CSS = """
pre { background: #f3f5f8; border-radius: 6px; padding: 10px 12px; margin: 0; font-size: 12.5px; line-height: 1.5;
      white-space: pre-wrap; overflow-wrap: anywhere; }
"""

CAPTION_CSS = (
    ".caption { color: #707070; font-size: 11px; line-height: 13px; } .caption b { color: #555; font-weight: 500; }"
    " .caption .effect { display: block; font-style: normal; color: #0072B2; }"
)

# The text of the element: entities are read back by the browser, nothing is evaluated.
COPY_SCRIPT = """
const read = new DOMParser().parseFromString(code.text, "text/html").body;
const again = new DOMParser().parseFromString(read.textContent, "text/html").body;
navigator.clipboard.writeText(again.textContent);
"""


def section_head(
    *, title: str, about: str, numbers: Mapping[str, str], preset: Mapping[str, str], old: bool, error: str
) -> str:
    """Title of a section, the numbers of its run and below them those of the preset, or what went wrong."""
    cells = "".join(
        f'<div class="number" id="{name.replace(" ", "-")}"><b>{html.escape(value)}</b>{html.escape(name)}'
        + (f"<i>preset {html.escape(preset[name])}</i>" if name in preset else "")
        + "</div>"
        for name, value in numbers.items()
    )
    said = f'<span class="error">{html.escape(error)}</span>' if error else html.escape(about)
    classes = "section old" if old else "section"
    return f'<div class="{classes}"><div class="title"><b>{html.escape(title)}</b>{said}</div>{cells}</div>'


def notice(text: str, wrong: bool = True) -> str:
    """What was refused, or what was done."""
    return f'<div class="{"error" if wrong else "said"}" id="notice">{html.escape(text)}</div>'


def group_head(name: str) -> str:
    """Above the sliders of a group."""
    return f'<b style="color: #0072B2; font-size: 13px">{html.escape(name.capitalize())}</b>'


def caption(slider: Slider, effect: str = "") -> str:
    """What a parameter means, what is allowed, what it does if that was asked; its source where the pointer rests."""
    known = slider.known
    shown = f'<i class="effect">{html.escape(effect)}</i>' if effect else ""
    return (
        f'<div class="caption" title="{html.escape(known.source)}">'
        f"{html.escape(known.meaning)} <b>· {html.escape(slider.range_text)}</b>{shown}</div>"
    )


def code(what: str, text: str) -> str:
    """A text to copy."""
    return f'<pre id="{what}">{html.escape(text)}</pre>'
