"""The sample pictures: a soft gradient for each name, as a PNG made of nothing but the name."""

import hashlib
import struct
import zlib
from functools import cache

WIDTH = 640
HEIGHT = 360
SIGNATURE = b"\x89PNG\r\n\x1a\n"


@cache
def picture(name: str, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a PNG of the size in pixels; the same name gives the same bytes."""
    seed = hashlib.sha256(name.encode()).digest()
    start, end = _soft(seed[:3]), _soft(seed[3:6])
    steps = width + height
    strip = b"".join(bytes(a + (b - a) * step // steps for a, b in zip(start, end, strict=True)) for step in range(steps))
    # Each row is the one above moved by a pixel: a diagonal gradient that also packs well.
    rows = b"".join(b"\0" + strip[3 * y : 3 * (y + width)] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _soft(colour: bytes) -> tuple[int, ...]:
    return tuple(110 + value * 120 // 255 for value in colour)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
