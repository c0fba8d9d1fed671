"""A small file of a network that does not fit the memory of any board, as docs/format.md describes it: x + x of 20,000 by 20,000 float32 numbers."""
import struct

SIDE = 20_000
STRINGS, TENSORS, OPERATORS, GRAPH = 1, 2, 3, 4
FLOAT32, ADD = 1, 4


def crc32c(data):
    """Castagnoli's checksum, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def padded(data, to=64):
    return data + bytes(-len(data) % to)


def text(value):
    return struct.pack("<I", len(value)) + padded(value, 4)


def file():
    tensors = b"".join(struct.pack("<IBBBB4i", name, FLOAT32, 4, 0, 0, 1, SIDE, SIDE, 1) for name in (0, 1))
    sections = {
        STRINGS: struct.pack("<I", 3) + text(b"x") + text(b"twice") + text(b"add"),
        TENSORS: struct.pack("<I", 2) + tensors,
        OPERATORS: struct.pack("<IHHIHH3i", 1, ADD, 0, 2, 2, 1, 0, 0, 1),
        GRAPH: struct.pack("<IIii", 1, 1, 0, 1)}
    table, body, begin = b"", b"", 64 + len(padded(bytes(32 * len(sections))))
    for kind, content in sections.items():
        table += struct.pack("<IIQQII", kind, 0, begin + len(body), len(content), crc32c(content), 0)
        body += padded(content)
    table = padded(table)
    header = b"\x89EDGE\r\n\x1a" + struct.pack("<HHIQI", 1, 0, len(sections), begin + len(body), crc32c(table))
    return header + struct.pack("<I", crc32c(header)) + bytes(32) + table + body
