"""What the check found: one thing that is wrong in one file, with the rule that it breaks."""

from dataclasses import dataclass

CONTRACT = "rule of this project: the output folder"
ENTRY = "rule of this project: an entry"
HARMLESS = "rule of this project: harmless HTML"

_LONGEST = 100


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the folder something stands: a file and, within it, a part such as an entry."""

    file: str
    part: str = ""

    def finding(self, rule: str, sentence: str) -> Finding:
        """What is wrong here."""
        return Finding(self.file, rule, f"{self.part}: {sentence}" if self.part else sentence)


def quoted(text: str) -> str:
    """A text of the folder as a sentence shows it: in quotation marks, and not too long."""
    return f"“{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}”"


def _visible(char: str) -> str:
    """A file may hold anything: nothing of it may break a line or steer a terminal."""
    return char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii")
