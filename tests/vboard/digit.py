#!/usr/bin/env python3
"""Draws a digit, light on dark, as a 640x480 YUYV frame: digit.py 7 OUT.yuyv"""
import math
import sys

WIDTH, HEIGHT = 640, 480
THICKNESS = 26
# Strokes as polylines, in a square of 480 by 480 in the middle of the frame.
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


def main():
    strokes, frame = STROKES[sys.argv[1]], bytearray()
    for y in range(0, HEIGHT, 4):
        row = bytearray()
        for x in range(0, WIDTH, 4):
            row += bytes((brightness(x + 2 - 80, y + 2, strokes), 128)) * 4
        frame += row * 4
    with open(sys.argv[2], "wb") as out:
        out.write(frame)


main()
