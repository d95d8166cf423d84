"""A signature for sample receipts: a drawn line as a small PNG, made without an imaging library."""

import math
import struct
import zlib

WIDTH, HEIGHT = 240, 80


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def signature(seed: int) -> bytes:
    """Return a PNG (240 × 80, black on white) with a curve of its own for every seed."""
    rows = [bytearray(b"\xff" * WIDTH) for _row in range(HEIGHT)]
    for step in range(4000):
        turn = step / 4000
        x = 20 + 200 * turn + 9 * math.sin(turn * 40 + seed)
        y = 40 + 24 * math.sin(turn * (9 + seed % 5) + seed) * math.cos(turn * 23 + seed / 3)
        for dx, dy in ((0, 0), (1, 0), (0, 1)):
            rows[int(y) + dy][int(x) + dx] = 0x20
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(raw))
        + _chunk(b"IEND", b"")
    )
