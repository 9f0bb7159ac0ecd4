"""Normal forms of texts: without extra white space, invisible characters, and characters that XML forbids."""

import codecs
import re
import unicodedata

# XML 1.0 §2.2 allows no other control characters; C1 controls are allowed but discouraged, and break readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# Zero-width characters, soft hyphens, byte order marks, and bidirectional marks, overrides and isolates.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")

_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")

_ISOLATE = re.compile("[\u2066-\u2069]")

_JOINER = re.compile("[\u200c\u200d]")

_JOINED = ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "So", "Sk")


def without_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (§2.2), and without lone surrogates."""
    return _FORBIDDEN.sub("", text)


def decoded(content: bytes) -> str:
    """The text of a file that a person wrote: UTF-8, with or without a byte order mark. Raises UnicodeDecodeError.

    Its `reason` tells what the file is, as the end of a sentence.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnicodeDecodeError("utf-8", content, 0, 2, "is in UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        error.reason = "is not in UTF-8"
        raise


def normalize_text(text: str | None) -> str:
    """One line of plain text: white space folded to single spaces, control characters and what is invisible gone.

    What is invisible and means something stays: joiners between letters or within emoji, the tags that make a flag, and
    bidirectional isolates that are closed.
    """
    folded = " ".join((text or "").split())
    # No sign that may go is printable; nearly all texts have none.
    return folded if folded.isprintable() else " ".join(_without_invisible(without_forbidden(folded)).split())


def _without_invisible(text: str) -> str:
    meant = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())} | _closed_isolates(text)
    meant |= {joiner.start() for joiner in _JOINER.finditer(text) if _joins(text, joiner.start())}
    return "".join(char for place, char in enumerate(text) if place in meant or not _INVISIBLE.match(char))


def _closed_isolates(text: str) -> set[int]:
    """Where bidirectional isolates begin that end in the same text, and where they end (Unicode UAX 9, 2.4 and 2.5)."""
    opened, closed = list[int](), set[int]()
    for isolate in _ISOLATE.finditer(text):
        if isolate[0] != "\u2069":
            opened.append(isolate.start())
        elif opened:
            closed |= {opened.pop(), isolate.start()}
    return closed


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between letters, or between the signs of one emoji."""
    around = text[max(place - 1, 0) : place + 2]
    return len(around) == 3 and all(unicodedata.category(char) in _JOINED for char in around[::2])


def visible(text: str) -> str:
    """The text without any invisible character, whatever it means."""
    return _INVISIBLE.sub("", text)


def match_key(text: str) -> str:
    """The form in which two labels are compared: folded, compatibility forms and case made one, nothing invisible."""
    folded = normalize_text(text)
    if folded.isascii():
        return folded.lower()
    return visible(unicodedata.normalize("NFKC", folded)).casefold()
