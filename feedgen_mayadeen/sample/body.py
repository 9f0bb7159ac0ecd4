"""The light markup of a body: what its lines say, as blocks that the template draws."""

import re
from dataclasses import dataclass
from itertools import groupby

from feedgen_mayadeen.sample.records import fold

PREFIXES = {"## ": "heading", "- ": "list", "> ": "quote", "| ": "table"}
GATHERED = frozenset({"list", "table"})
LINK = re.compile(r"\[([^\]]+)\]\((\d+)\)")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in a paragraph; `article` is the post id that it links to, or empty."""

    text: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One element of a body: its kind, its arguments, and for lists and tables its rows."""

    kind: str
    arguments: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """The first argument."""
        return self.arguments[0]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The first argument, split where it links to articles."""
        parts = LINK.split(self.text)
        links = (Span(parts[i + 1], parts[i + 2]) for i in range(0, len(parts) - 1, 3))
        texts = (Span(text) for text in parts[::3])
        pairs = [span for text, link in zip(texts, (*links, Span("")), strict=True) for span in (text, link)]
        return tuple(span for span in pairs if span.text)


def blocks(body: str) -> tuple[Block, ...]:
    """Read a body; an unknown `@` word becomes a block of that kind."""
    lines = [_line(line.strip()) for line in body.splitlines() if line.strip()]
    found: list[Block] = []
    for kind, run in groupby(lines, key=lambda block: block.kind):
        if kind in GATHERED:
            found.append(Block(kind, rows=tuple(block.arguments for block in run)))
        else:
            found.extend(run)
    return tuple(found)


def _line(line: str) -> Block:
    if line.startswith("@html "):
        return Block("html", (line.removeprefix("@html "),))
    if line.startswith("@"):
        word, _, rest = line[1:].partition(" ")
        return Block(word, tuple(fold(part) for part in rest.split("|")))
    for prefix, kind in PREFIXES.items():
        if line.startswith(prefix):
            text = line.removeprefix(prefix)
            cells = text.strip("| ").split("|") if kind == "table" else [text]
            return Block(kind, tuple(fold(cell) for cell in cells))
    return Block("paragraph", (line,))
