"""The page of `burstlab watch --page`: how a run stands and its figure so far, on this computer alone."""

from __future__ import annotations

import contextlib
import html
import io
import json
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from ..errors import RunError, cannot_listen

if TYPE_CHECKING:
    from ..runs.watching import Seen, Watched

HOST = "127.0.0.1"
_RENEWAL = 2.0  # s
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>TITLE</title>
<style>
body { background: #f3f5f8; font-family: system-ui, -apple-system, "Segoe UI", Arial, sans-serif; margin: 16px; }
h1 { font-size: 21px; margin: 0 0 10px; color: #0072B2; } h1 span { font-weight: 300; color: #444; }
pre, img { background: white; border: 1px solid #dfe4ea; border-radius: 8px; padding: 10px 12px; }
pre { font-size: 13px; line-height: 1.5; white-space: pre-wrap; } img { max-width: 100%; box-sizing: border-box; }
.old { color: #666; }
</style></head>
<body><h1>burstlab <span>watch</span></h1><pre id="said">TEXT</pre>
<p id="lost" hidden>No answer from <code>burstlab watch</code>: this is how it was.</p>
<img id="figure" alt="The figure so far" hidden>
<script>
let shown = -1;
async function renew() {
  const [said, lost, figure] = ["said", "lost", "figure"].map((id) => document.getElementById(id));
  try {
    const state = await (await fetch("/state.json")).json();
    said.textContent = state.text; said.className = ""; lost.hidden = true;
    if (state.figure > 0 && state.figure !== shown) {
      shown = state.figure; figure.src = "/figure.png?" + shown; figure.hidden = false;
    }
  } catch (error) { said.className = "old"; lost.hidden = false; }
}
renew(); setInterval(renew, RENEWAL);
</script></body></html>
"""


class _State:
    """What the page shows now; the server's threads read it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.text, self.number, self.image = "", 0, b""

    def show(self, text: str, image: bytes | None) -> None:
        with self.lock:
            self.text = text
            if image is not None:
                self.image, self.number = image, self.number + 1

    def answer(self, path: str, title: str) -> tuple[str, bytes] | None:
        """Type and content of what is asked for; None if there is no such thing."""
        with self.lock:
            if path == "/":
                page = _PAGE.replace("RENEWAL", f"{1000 * _RENEWAL:g}").replace("TITLE", html.escape(title))
                page = page.replace("TEXT", html.escape(self.text))
                return "text/html; charset=utf-8", page.encode()
            if path == "/state.json":
                return "application/json", json.dumps({"text": self.text, "figure": self.number}).encode()
            return ("image/png", self.image) if path == "/figure.png" and self.image else None


@contextlib.contextmanager
def serving(watched: Watched, port: int, open_browser: bool) -> Iterator[tuple[str, Callable[[Seen, str], None]]]:
    """Serve the page while it lasts: its address, and a function that is called with each look and its text.

    Raises
    ------
    RunError
        If the port is in use.
    """
    state, address = _State(), f"http://{HOST}:{port}"
    try:
        server = ThreadingHTTPServer((HOST, port), _handler(state, port, str(watched.folder)))
    except OSError as error:
        raise cannot_listen(HOST, port, error) from None
    drawn: Any = None
    why = ""

    def show(seen: Seen, text: str) -> None:
        nonlocal drawn, why
        image = None
        if seen.shows != drawn:
            drawn, why = seen.shows, ""
            try:
                image = _image(watched, seen)
            except RunError as error:  # no reason to end
                why = f"\n  no figure: {error}"
        state.show(text + why, image)

    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        if open_browser:
            webbrowser.open(address)
        yield address, show
        time.sleep(1.5 * _RENEWAL)  # the page asks once more, and then for the figure: it shows the end
    finally:
        server.shutdown()
        server.server_close()


def _image(watched: Watched, seen: Seen) -> bytes | None:
    figure = watched.figure(seen)
    if figure is None:
        return None
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi="figure")
    return content.getvalue()


def _handler(state: _State, port: int, title: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the browser went away
                super().handle()

        def do_GET(self) -> None:
            # A page of elsewhere whose name leads here reads nothing.
            known = self.headers.get("Host") in (f"{HOST}:{port}", f"localhost:{port}")
            found = state.answer(self.path.partition("?")[0], title) if known else None
            if found is None:
                self.send_error(404)
                return
            kind, content = found
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler
