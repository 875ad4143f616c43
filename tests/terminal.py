"""A bash in a terminal, in which a line is typed and completed."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time

from .experiment_runs import BURSTLAB
from .patience import PATIENCE

# All that may be meant is shown at once, and Ctrl-T says what the line is.
INPUTRC = """
set show-all-if-ambiguous on
set print-completions-horizontally on
set page-completions off
set enable-bracketed-paste off
set bell-style none
"""
RC = r"""
PS1='$ '
export PATH={path}:$PATH
eval "$(_BURSTLAB_COMPLETE=bash_source burstlab)"
bind -x '"\C-t": printf "\n<%s>\n" "$READLINE_LINE"'
"""


def completed(line, folder):
    """What a line is after a tab, and what is offered where that may be several."""
    (folder / ".inputrc").write_text(INPUTRC)
    (folder / ".rc").write_text(RC.format(path=BURSTLAB.parent))
    ours, its = pty.openpty()
    environment = os.environ | {"INPUTRC": str(folder / ".inputrc"), "TERM": "dumb", "COLUMNS": "1000"}
    bash = subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", folder / ".rc", "-i"], stdin=its, stdout=its, stderr=its, cwd=folder,
        env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(its)
    try:
        _read(ours, r"\$ $")
        os.write(ours, f"{line}\t\x14".encode())
        shown = _read(ours, r"\n<.*>\r\n")
    finally:
        bash.kill()
        bash.wait()
        os.close(ours)
    listed = [each for each in shown.splitlines()[1:] if not each.startswith(("$ ", "<"))]
    return re.findall(r"\n<(.*)>\r\n", shown)[-1], " ".join(listed).split()


def _read(terminal, until):
    shown, end = "", time.monotonic() + PATIENCE
    while not re.search(until, shown):
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, f"nothing more comes after {shown!r}"
        shown += os.read(terminal, 65536).decode()
    return shown
