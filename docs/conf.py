"""Sphinx: the site of docs/, with the gallery executed while it is built (`make docs`)."""

from __future__ import annotations

import logging
import sys
import urllib.request
from importlib import metadata
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

sys.path.insert(0, str(Path(__file__).parent))  # pages.py
logging.getLogger("fontTools").setLevel(logging.WARNING)  # of each letter that a PDF has

project = "burstlab"
author = "The burstlab developers"
project_copyright = "2026, the burstlab developers"
version = release = metadata.version("burstlab")
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx_gallery.gen_gallery",
    "pages",
]
exclude_patterns = ["build", "gallery", "studies"]
nitpicky = True
# Names of other packages are known where their inventories can be reached; ours always, but for what is not public.
nitpick_ignore_regex = [("py:.*", r"(?!burstlab\.).*"), ("py:class", r"burstlab\..*\.(Layout|Plan|Report)")]
highlight_language = "none"  # of trees and formulas; Python says that it is Python, and pages.py what a command line is

myst_heading_anchors = 4  # the anchors that GitHub gives to headings
myst_enable_extensions = ["dollarmath"]

default_role = "code"  # of docstrings, where `name` is one
autodoc_typehints_format = "short"
numpydoc_show_class_members = False  # autodoc shows them

linkcheck_ignore = [r"http://127\.0\.0\.1"]  # `make links`

html_theme = "furo"
html_title = "burstlab"
html_static_path = ["static"]
html_css_files = ["site.css"]


def reachable(inventories: dict[str, str]) -> dict[str, tuple[str, None]]:
    """Those inventories of other packages that can be had; one that cannot would fail the build."""
    found: dict[str, tuple[str, None]] = {}
    for name, url in inventories.items():
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}objects.inv", method="HEAD"), timeout=5).close()
        except OSError:
            break  # without a network none is there, and each would take its time
        found[name] = (url, None)
    return found


intersphinx_mapping = reachable(
    {
        "python": "https://docs.python.org/3/",
        "numpy": "https://numpy.org/doc/stable/",
        "brian2": "https://brian2.readthedocs.io/en/stable/",
    }
)


def figures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Keep the figures that an example has made since the last block; burstlab draws without pyplot."""
    kept = block_vars.setdefault("burstlab_kept", [])
    names = []
    for value in list(block_vars["example_globals"].values()):
        if isinstance(value, Figure) and not any(value is known for known in kept):
            kept.append(value)
            names.append(next(block_vars["image_path_iterator"]))
            value.savefig(names[-1], dpi=100, bbox_inches="tight")
    return figure_rst(names, gallery_conf["src_dir"])


sphinx_gallery_conf = {
    "examples_dirs": str(Path(__file__).parent / "gallery"),
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "image_scrapers": (figures,),
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "show_memory": False,
    "min_reported_time": 0,
}
suppress_warnings = ["config.cache"]  # the function above cannot be pickled
