"""Draws a digit, light on dark, in a frame of any size (a multiple of 8)."""
import math

THICKNESS = 26
# Strokes as polylines, in a square of 480 by 480 that fills the frame's height, in its middle.
STROKES = {
    "1": [[(190, 140), (250, 80), (250, 400)]],
    "7": [[(130, 95), (350, 95), (220, 400)]],
    "0": [[(240 + 105 * math.cos(t / 12 * math.pi), 240 + 160 * math.sin(t / 12 * math.pi)) for t in range(25)]],
}


def distance(x, y, a, b):
    """Distance of a point from a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = max(0.0, min(1.0, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)))
    return math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def brightness(x, y, strokes):
    nearest = min(distance(x, y, a, b) for line in strokes for a, b in zip(line, line[1:]))
    # An edge 8 pixels wide; Y is in 16..235.
    return round(16 + 219 * max(0.0, min(1.0, (THICKNESS + 4 - nearest) / 8)))


def grey(digit, width, height):
    """Brightness of the pixels, 16 to 235, row by row, in blocks of 4 by 4."""
    strokes, scale, block, frame = STROKES[digit], 480 / height, 4, bytearray()
    left = (width * scale - 480) / 2
    for y in range(0, height, block):
        row = bytearray()
        for x in range(0, width, block):
            row += bytes([brightness((x + block / 2) * scale - left, (y + block / 2) * scale, strokes)]) * block
        frame += row * block
    return bytes(frame)


def yuyv(digit, width, height):
    """The frame as a camera delivers it: every second byte is colour, and there is none."""
    return b"".join(bytes((luma, 128)) for luma in grey(digit, width, height))
