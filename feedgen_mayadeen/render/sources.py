"""A mark of all that files are rendered by: what was rendered by another version of the program is rendered anew."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from feedgen_mayadeen import __version__


@cache
def sources() -> str:
    """Some letters and digits that are others as soon as the version, a renderer, a template or a word is another."""
    files = sorted(file for file in Path(__file__).parent.rglob("*") if file.is_file() and file.suffix != ".pyc")
    content = b"".join(file.read_bytes() for file in files)
    return blake2b(__version__.encode() + content, digest_size=16).hexdigest()
