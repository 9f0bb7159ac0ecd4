"""How texts are compared and written: white space and invisible characters normalized, what XML forbids gone."""

import re
import unicodedata

# XML 1.0 §2.2 allows no other control characters; C1 controls are allowed but discouraged, and break readers.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# Zero-width characters, soft hyphens, byte order marks, and bidirectional marks, overrides and isolates.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def without_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 forbids (§2.2), and without lone surrogates."""
    return _FORBIDDEN.sub("", text)


def normalize_text(text: str | None) -> str:
    """One line of plain text: white space folded to single spaces, control and zero-width characters gone."""
    folded = " ".join((text or "").split())
    # No sign that goes is printable; nearly all texts have none.
    return folded if folded.isprintable() else " ".join(_INVISIBLE.sub("", without_forbidden(folded)).split())


def match_key(text: str) -> str:
    """The form in which two labels are compared: folded, compatibility forms and case made one."""
    folded = normalize_text(text)
    return folded.lower() if folded.isascii() else unicodedata.normalize("NFKC", folded).casefold()
