"""Version of the renderers: files that another version made are rendered again."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from feedgen_mayadeen import __version__


@cache
def renderer_version() -> str:
    """A digest of the version, the renderers, the templates and their words."""
    files = sorted(file for file in Path(__file__).parent.rglob("*") if file.is_file() and file.suffix != ".pyc")
    content = b"".join(file.read_bytes() for file in files)
    return blake2b(__version__.encode() + content, digest_size=16).hexdigest()
