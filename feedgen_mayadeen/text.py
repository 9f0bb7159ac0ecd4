"""Normal forms of texts: without extra white space, invisible characters, and characters that XML forbids."""

import codecs
import re
import unicodedata

# XML 1.0 §2.2 allows no other control characters; C1 controls are allowed but discouraged, and break readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# Zero-width characters, soft hyphens, byte order marks, and bidirectional marks, overrides and isolates.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


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
    """One line of plain text: with single spaces, without control and zero-width characters."""
    line = " ".join((text or "").split())
    # None of the removed characters is printable, and nearly all texts have none.
    return line if line.isprintable() else " ".join(_INVISIBLE.sub("", without_forbidden(line)).split())


def match_key(text: str) -> str:
    """The form in which two labels are compared: normalized, without differences in case and compatibility forms (NFKC)."""
    line = normalize_text(text)
    return line.lower() if line.isascii() else unicodedata.normalize("NFKC", line).casefold()
