"""The lines of a page, as a reader sees them: elements with text that hold no others, in the order of the page.

A run of text and inline elements beside blocks becomes a line of its own; two line breaks part two lines. All that is
said of elements by their lines (how many, how long, whose links) is counted once.
"""

from dataclasses import dataclass, field

from feedgen_mayadeen.site.document import Document
from feedgen_mayadeen.site.tree import BLOCKS, HEADINGS, Tag, holders_of_blocks, parents, tags, words
from feedgen_mayadeen.text import normalize_text

_KEPT = frozenset(("html", "head", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "select", "picture", "video",
                   "audio", "blockquote", "figure", "li", "dd", "dt"))  # fmt: skip
_LONG = 150
LONG_LINE = 40
"""So long is a line that is more than a label or a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line: its element, its folded text, and how many characters of it stand in links."""

    tag: Tag
    text: str
    linked: int

    @property
    def is_links(self) -> bool:
        """Whether the line is little else than links."""
        return self.linked >= 0.7 * len(self.text)

    @property
    def is_long(self) -> bool:
        """Whether the line is a sentence rather than a label."""
        return len(self.text) >= LONG_LINE and not self.is_links


@dataclass(slots=True)
class Lines:
    """All lines of a page, and those of each element around them."""

    all: list[Line] = field(default_factory=list)
    of: dict[Tag, list[Line]] = field(default_factory=dict)
    _sizes: dict[Tag, int] = field(default_factory=dict)

    def within(self, tag: Tag) -> list[Line]:
        """The lines that an element is or holds."""
        return self.of.get(tag, [])

    def count(self, tag: Tag) -> int:
        """How many lines an element holds."""
        return len(self.within(tag))

    def size(self, tag: Tag) -> int:
        """How many characters an element's lines have."""
        if tag not in self._sizes:
            self._sizes[tag] = sum(len(line.text) for line in self.within(tag))
        return self._sizes[tag]

    def long(self, tag: Tag) -> int:
        """How many sentences an element holds."""
        return sum(line.is_long for line in self.within(tag))


def lines_of(root: Tag) -> Lines:
    """The lines within an element."""
    found, holders = Lines(), holders_of_blocks(root)
    for tag in tags(root):
        if tag.tag not in BLOCKS or tag in holders or not (text := words(tag)):
            continue
        line = Line(tag, text, sum(len(words(link)) for link in tags(tag, ("a",))) if above_link(tag) is None else len(text))
        found.all.append(line)
        for around in (tag, *parents(tag)):
            found.of.setdefault(around, []).append(line)
    return found


def above_link(tag: Tag) -> Tag | None:
    """The link that an element stands in."""
    return next(tag.iterancestors("a"), None)


def make_lines(document: Document) -> None:
    """Makes a line of each run of text and inline elements that stands beside blocks, or between two line breaks."""
    for tag in list(tags(document.body)):
        # Elements of a page's own making are boxes, where they hold text and are no player or picture.
        if "-" in str(tag.tag) and not str(tag.tag).startswith(("amp-", "lite-")) and words(tag):
            tag.tag = "div"
    holders = set(holders_of_blocks(document.body))
    for tag in list(tags(document.body, ("br",))):
        outer = tag.getparent()
        while outer is not None and outer not in holders and _ends_line(tag):
            holders.add(outer)
            outer = outer.getparent()
    for holder in [tag for tag in (document.body, *tags(document.body)) if tag in holders]:
        if holder.tag in ("p", *HEADINGS):
            holder.tag = "div"
        if holder.tag not in _KEPT:
            _wrap_runs(holder, holders)


def _ends_line(tag: Tag) -> bool:
    """Whether a line break follows another at once."""
    before = tag.getprevious()
    return before is not None and before.tag == "br" and not normalize_text(before.tail)


def _wrap_runs(holder: Tag, holders: set[Tag]) -> None:
    run: list[Tag] = []
    text, holder.text = holder.text, None
    for child in list(holder):
        is_block = child.tag in BLOCKS or child in holders or not isinstance(child.tag, str)
        if is_block:
            _wrap(holder, text, run, child)
            text, child.tail, run = child.tail, None, []
        else:
            run.append(child)
    _wrap(holder, text, run, None)


def _wrap(holder: Tag, text: str | None, run: list[Tag], before: Tag | None) -> None:
    """Puts a run into lines, where it has any text; an empty one stays as it is."""
    if not normalize_text(text) and not any(words(tag) or normalize_text(tag.tail) for tag in run):
        for tag in run:
            tag.tail = tag.tail and " "
        return
    for leading, part in _split(text, run):
        line = holder.makeelement("p")
        line.text = leading
        if before is not None:
            before.addprevious(line)
        else:
            holder.append(line)
        line.extend(part)


def _split(text: str | None, run: list[Tag]) -> list[tuple[str | None, list[Tag]]]:
    """A run in its lines: at two line breaks, and at one where all that they part is short."""
    parts: list[tuple[str | None, list[Tag]]] = [(text, [])]
    for tag in run:
        if tag.tag == "br":
            parts.append((tag.tail, []))
        else:
            parts[-1][1].append(tag)
    sizes = [
        len(normalize_text(text)) + sum(len(words(tag)) + len(normalize_text(tag.tail)) for tag in part)
        for text, part in parts
    ]
    breaks = [tag for tag in run if tag.tag == "br"]
    if max(sizes) <= _LONG:
        found = [part for part, size in zip(parts, sizes, strict=True) if size or part[1]]
        for tag in breaks:
            _take_out(tag)
        return found
    joined: list[tuple[str | None, list[Tag]]] = [parts[0]]
    for number, tag in enumerate(breaks, start=1):
        part, empty = parts[number], not sizes[number - 1] and not parts[number - 1][1]
        if empty or (not joined[-1][0] and not joined[-1][1]):
            _take_out(tag)
            joined.append(part)
        else:
            follows = number < len(breaks) and not sizes[number] and not part[1]
            if follows:
                _take_out(tag)
            else:
                tag.tail = part[0]
                joined[-1][1].extend([tag, *part[1]])
    return [part for part in joined if part[1] or normalize_text(part[0])]


def _take_out(tag: Tag) -> None:
    outer = tag.getparent()
    if outer is not None:
        outer.remove(tag)
