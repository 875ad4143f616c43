"""Completion in IPython and Jupyter, within calls of run, sweep, sensitivity and fit: run("xor", tau<tab>.

Their parameters are those of the experiment that is named first, which no signature says. The text up to the cursor is
seldom whole Python: of it, brackets, strings and names are read, and nothing is evaluated.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..limits import VERBS

if TYPE_CHECKING:  # what is offered is loaded when it is asked for
    from .completion import Named, Words

_OURS = ("burstlab", "burstlab.experiments")


def register() -> None:
    """Offer completion in the IPython that runs; nothing where none does, or one before 8.6."""
    with contextlib.suppress(Exception):  # whatever IPython this is, burstlab can be used without completion in it
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            _register(shell, sys.modules["IPython.core.completer"])


def _register(shell: Any, completer: Any) -> None:
    def burstlab(context: Any) -> dict[str, Any]:
        try:
            return _matched(context, shell.user_ns)
        except Exception:  # IPython would show a traceback amid what is being typed
            return {"completions": []}

    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != "burstlab"]
    matchers.append(completer.context_matcher(identifier="burstlab", priority=100)(burstlab))


class Offer(NamedTuple):
    """What may stand at the cursor: words in place of `typed`, as they are or in quotes."""

    typed: str
    words: list[str]
    alone: bool  # nothing else can stand there


def _matched(context: Any, namespace: Mapping[str, Any]) -> dict[str, Any]:
    lines = context.full_text.split("\n")
    line = lines[context.cursor_line]
    before = "\n".join([*lines[: context.cursor_line], line[: context.cursor_position]])
    offer = offered(before, line[context.cursor_position :], namespace)
    if offer is None:
        return {"completions": []}
    simple = sys.modules["IPython.core.completer"].SimpleCompletion
    return {
        "completions": [simple(word, type="param") for word in offer.words],
        "matched_fragment": offer.typed,
        "suppress": offer.alone,
        "ordered": True,
    }


# ---- the text before the cursor --------------------------------------------------------------------------------------


class _Token(NamedTuple):
    kind: str
    text: str
    end: int

    @property
    def quote(self) -> str:
        """What the string begins with."""
        return self.text[:3] if self.text[:3] in ('"""', "'''") else self.text[:1]

    @property
    def closed(self) -> bool:
        return len(self.text) >= 2 * len(self.quote) and self.text.endswith(self.quote)

    @property
    def inside(self) -> str:
        """The text of the string."""
        inside = self.text.removeprefix(self.quote)
        return inside.removesuffix(self.quote) if self.closed else inside

    def opens(self) -> bool:
        return self.kind == "other" and self.text in "([{"

    def closes(self) -> bool:
        return self.kind == "other" and self.text in ")]}"


_TOKEN = re.compile(
    r"""
    (?P<string> \"{3} (?:\\.|[^\\])*? (?:\"{3}|\Z) | '{3} (?:\\.|[^\\])*? (?:'{3}|\Z)
              | \" (?:\\.|[^"\\\n])* (?:\"|(?=\n)|\Z) | ' (?:\\.|[^'\\\n])* (?:'|(?=\n)|\Z) )
    | (?P<comment> \#[^\n]*) | (?P<name> [\w.]+) | (?P<other> [=!<>:*]=|\*\*|\S)
    """,
    re.VERBOSE | re.DOTALL,
)


def _tokens(text: str) -> list[_Token]:
    return [_Token(str(found.lastgroup), found[0], found.end()) for found in _TOKEN.finditer(text)]


def _open_call(tokens: Sequence[_Token]) -> tuple[str, Sequence[_Token]]:
    """What the innermost call that is not closed calls, and what is in its brackets."""
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.opens():
            opened.append(place)
        elif token.closes() and opened:
            opened.pop()
    for place in reversed(opened):
        if place and tokens[place].text == "(" and tokens[place - 1].kind == "name":
            return tokens[place - 1].text, tokens[place + 1 :]
    return "", []


def _arguments(tokens: Sequence[_Token]) -> list[list[_Token]]:
    """What is between commas."""
    found: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += token.opens() - token.closes()
        if depth == 0 and token.kind == "other" and token.text == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def _verb(called: str, namespace: Mapping[str, Any], text: str) -> str | None:
    """Which of the verbs is called; its import may stand in the same cell and not have been made."""
    root, *rest = called.split(".")
    known = namespace.get(root)
    if isinstance(known, ModuleType):
        ours, verb = ".".join([known.__name__, *rest[:-1]]) in _OURS, called
    elif known is not None:
        ours, verb = not rest and str(getattr(known, "__module__", "")).startswith("burstlab."), known.__name__
    else:
        ours = root == "burstlab" or f"burstlab as {root}" in text or (not rest and "from burstlab" in text)
        verb = called
    verb = verb.rpartition(".")[2]
    return verb if ours and verb in VERBS else None


# ---- what may stand there --------------------------------------------------------------------------------------------


def offered(before: str, after: str, namespace: Mapping[str, Any]) -> Offer | None:
    """What may stand between two texts.

    Parameters
    ----------
    before : str
        All that is before the cursor.
    after : str
        The rest of its line.
    namespace : mapping
        What names stand for.
    """
    tokens = _tokens(before)
    called, inside = _open_call(tokens)
    verb = _verb(called, namespace, before)
    if verb is None or tokens[-1].kind == "comment":
        return None

    from .completion import Named

    *others, last = _arguments(inside)
    place, name = len(others), _keyword(last)
    given = {_keyword(one) or ("experiment", "preset", "")[min(k, 2)]: one for k, one in enumerate(others)}
    named = Named(_text(given.get("experiment", ())), _text(given.get("preset", ())))
    value = last[2:] if name else last
    # The word at the cursor, and what of the argument is before it.
    word = value.pop() if value and value[-1].end == len(before) and value[-1].kind in ("name", "string") else None
    if word is not None and word.kind == "string" and word.closed:
        return None
    if name is None and not value and place and (word is None or word.kind == "name"):
        typed = word.text if word else ""
        return _offer(typed, [each for each in _names(verb, named) if each[:-1] not in given])
    at = name or ("experiment", "preset", "")[min(place, 2)]
    begin = word.inside if word is not None and word.kind == "string" else word.text if word else ""
    known, text = _values(at, value, named, begin)
    return _quoted(word, begin, known, text, after)


def _keyword(argument: Sequence[_Token]) -> str | None:
    is_one = len(argument) > 1 and argument[0].kind == "name" and argument[1].text == "="
    return argument[0].text if is_one else None


def _text(argument: Sequence[_Token]) -> str | None:
    """The string that an argument is, alone or in `Path(...)`."""
    return next((token.inside for token in argument if token.kind == "string"), None)


def _names(verb: str, named: Named) -> list[str]:
    """NAME= of all that the call takes; nothing if it is not known of what experiment it is."""
    if not named.parameters:
        return []
    import burstlab

    taken = inspect.signature(getattr(burstlab, verb)).parameters.values()
    own = [each.name for each in taken if each.kind is not inspect.Parameter.VAR_KEYWORD and each.name != "experiment"]
    return [f"{name}=" for name in [*named.parameters, *own]]


def _values(at: str, value: Sequence[_Token], named: Named, begin: str) -> tuple[Words, bool]:
    """Words for an argument of which `value` is there already, and whether they stand in a text of several."""
    opened = value[0].text if value else ""
    if opened == "{":
        item = _arguments(value[1:])[-1]
        if not item:
            keys = {"record": "populations", "vary": "described", "over": "ranges", "target": "numbers"}
            return (getattr(named, keys[at]) if at in keys else []), False
        if at != "vary" or len(item) < 2 or item[1].text != ":":
            return [], False
        at, value = item[0].inside, item[2:]
    if value and value[-1].text not in ("(", "[", ","):
        return [], False
    return _words(at, named, begin), not value and at in ("of", "over")


def _words(at: str, named: Named, begin: str) -> Words:
    """Words that may be the value of an argument, or in a list of them."""
    from ..limits import BACKENDS, METHODS
    from .completion import experiments_like, files_like

    if at == "experiment":
        return [*experiments_like(begin), *files_like(begin, ".py", folders="/" in begin)]
    if at == "preset":
        return named.presets
    if at in ("of", "over"):
        return named.numbers if at == "of" else named.ranges
    if at == "target":
        return [*((f"{key}=", meaning) for key, meaning in named.numbers), *files_like(begin, ".csv", folders=False)]
    choices = {name: known.choices for name, known in named.parameters.items()}
    return [(word, "") for word in (choices | {"backend": BACKENDS, "method": METHODS}).get(at, ())]


def _offer(typed: str, words: Sequence[str]) -> Offer | None:
    found = [word for word in words if word.startswith(typed)]
    return Offer(typed, found, alone=True) if found else None


def _quoted(word: _Token | None, begin: str, known: Words, several: bool, after: str) -> Offer | None:
    """Words in quotes, which are closed where nothing has to follow in them."""
    names = [name for name, _ in known]
    if word is None or word.kind == "name":
        found = [f'"{name}"' for name in names if name.startswith(begin)]
        return Offer(begin, found, word is None) if found else None
    if several:
        return _offer(begin.rpartition(",")[2], names)
    closing = "" if after.startswith(word.quote) else word.quote
    return _offer(word.text, [word.quote + name + ("" if name.endswith(("=", "/")) else closing) for name in names])
