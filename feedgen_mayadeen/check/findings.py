"""The findings of the check: one thing that is wrong in one file, with the rule that it breaks."""

from dataclasses import dataclass

CONTRACT = "rule of this project: the output folder"
ENTRY = "rule of this project: an entry"
HARMLESS = "rule of this project: harmless HTML"
ADDRESS = r"^https?://[^\s/?#<>\"{}|\\^`]+([/?#][^\s<>\"{}|\\^`]*)?\Z"
"""An absolute http address with a host, as a regular expression; letters of any script may stand in it (RFC 3987)."""

_MAX_QUOTED = 100

Fault = tuple[str, str]
"""A rule, and the sentence that says how it is broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `file` is the path within the folder, with `/` between its parts; `.` is the folder itself.

    `rule` names what asks for it, such as "RFC 4287 §4.2.6"; `sentence` says what is wrong and where in the file.
    """

    file: str
    rule: str
    sentence: str

    def __str__(self) -> str:
        return "".join(map(_visible, f"{self.file}: {self.sentence} ({self.rule})"))


class BrokenFileError(Exception):
    """A file that can't be judged any further, with the rule and the sentence of its one finding."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(rule, sentence)
        self.fault: Fault = (rule, sentence)


def quoted(text: str | None) -> str:
    """A text of the folder as a sentence shows it: in quotation marks, and not too long."""
    text = text or ""
    return f"“{text if len(text) <= _MAX_QUOTED else text[: _MAX_QUOTED - 1] + '…'}”"


def _visible(char: str) -> str:
    """A file may hold anything: nothing of it may break a line or steer a terminal."""
    return char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
