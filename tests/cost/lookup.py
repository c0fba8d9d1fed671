#!/usr/bin/env python3
"""Prices the inner loop of a binary convolution by table look-up, which does not exist as a kernel: docs/binary.md says why.

  lookup.py             binary multiply-accumulates a cycle on each core, output transform and tables left out
"""
import pricing
from cores import CORES

NIBBLES = 3  # sums of three counts of four or five bits fit half a byte
FILTERS = 16
PIXELS = 2
# Groups of filters x pairs of pixels that registers hold.
TILE = (2, 2)


def loop(groups, pairs, vectors):
    """Instructions for NIBBLES x groups x pairs look-ups in tables of one or two vectors."""
    tiles = [(g, p) for g in range(groups) for p in range(pairs)]
    low, high, both = ({tile: f"v{n * len(tiles) + i}.16b" for i, tile in enumerate(tiles)} for n in range(3))
    free = 3 * len(tiles)
    tables = [[f"v{free + p * vectors + v}" for v in range(vectors)] for p in range(pairs)]
    indices = [f"v{free + pairs * vectors + g}" for g in range(groups)]
    found = [f"v{n}.16b" for n in range(free + pairs * vectors + groups, 32)]
    code = []
    for n in range(NIBBLES):
        loads = [r for table in tables for r in table] + indices
        code += [f"ldr q{r[1:]}, [x0, #{16 * (n * len(loads) + i)}]" for i, r in enumerate(loads)]
        for i, (g, p) in enumerate(tiles):
            target = both[g, p] if n == 0 else found[i % len(found)]
            code.append(f"tbl {target}, {{{', '.join(r + '.16b' for r in tables[p])}}}, {indices[g]}.16b")
            if n:
                code.append(f"add {both[g, p]}, {both[g, p]}, {target}")
    # Sums of bytes modulo 256 and of their upper halves give both pixels' counts in the end.
    code += [f"add {low[t]}, {low[t]}, {both[t]}" for t in tiles] + [f"usra {high[t]}, {both[t]}, #4" for t in tiles]
    return code + ["add x0, x0, #512", "subs x2, x2, #1", "b.ne 0"]


def main():
    """Prints the table."""
    print("| bits of a look-up | " + " | ".join(CORES) + " |\n| --- |" + " ---: |" * len(CORES))
    for bits, vectors in ((4, 1), (5, 2)):
        macs = NIBBLES * TILE[0] * TILE[1] * FILTERS * PIXELS * bits
        print(f"| {bits} | " + " | ".join(f"{macs / pricing.analyse(core, [loop(*TILE, vectors)])[0]:.1f}" for core in CORES) + " |")


if __name__ == "__main__":
    main()
