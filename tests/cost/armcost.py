#!/usr/bin/env python3
"""Models the cycles that any arm64 Linux program would take on a Raspberry Pi core, without one. README.md tells how."""
import argparse
import json
import shlex

import pricing
from cores import CORES


def main():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--cpu", choices=CORES, default="a72")
    p.add_argument("--less", help="a command whose cost is taken off (the same program with fewer iterations)")
    p.add_argument("--per", type=float, default=1, help="divide by this many iterations")
    p.add_argument("--no-cache", dest="caches", action="store_false", help="skip the cache simulation: faster, no calibrated time")
    p.add_argument("--ghz", type=float, help="another clock for the calibrated time")
    p.add_argument("--cover", type=float, default=0.998, help="share of the instructions whose blocks are priced one by one")
    p.add_argument("--top", type=int, default=12, help="functions to list")
    p.add_argument("--asm", type=int, default=0, help="hottest blocks to list with their instructions")
    p.add_argument("--json", help="file for the figures")
    p.add_argument("command", nargs=argparse.REMAINDER)
    a = p.parse_args()
    command = a.command[1:] if a.command[:1] == ["--"] else a.command
    if not command:
        p.error("no program is given")
    blocks = pricing.count(a.cpu, command, a.caches)
    if a.less:
        for key, figures in pricing.count(a.cpu, shlex.split(a.less), a.caches).items():
            if key in blocks:
                blocks[key].add(figures, sign=-1)
    rows = pricing.sums(a.cpu, blocks, a.cover)
    functions = sorted(({"function": symbol, **{k: v / a.per for k, v in r.items()}} for (_, symbol), r in rows.items()), key=lambda r: -r["cycles"])
    total = pricing.merge(functions)
    core = CORES[a.cpu]
    if a.caches:
        total["ms"] = core.milliseconds(total["cycles"], total["l2_misses"], a.ghz)
    print(
        f"{a.cpu}: {total['instructions'] / 1e6:.2f} M instructions, {total['cycles'] / 1e6:.2f} M cycles modelled"
        f" (IPC {total['instructions'] / max(total['cycles'], 1):.2f}), L1D misses {total['l1_misses'] / 1e3:.1f} k, L2 misses {total['l2_misses'] / 1e3:.1f} k;"
        + (f" calibrated time {total['ms']:.2f} ms at {a.ghz or core.ghz} GHz" if a.caches else " (no calibrated time without cache misses)")
    )
    for r in functions[: a.top]:
        print(f"  {100 * r['cycles'] / max(total['cycles'], 1):5.1f} %  {r['cycles'] / 1e6:9.3f} Mcyc  {r['instructions'] / 1e6:9.3f} Minsn  {r['function'][:90]}")
    if a.asm:
        list_blocks(a.cpu, blocks, a.asm, a.per)
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"core": a.cpu, **total, "functions": functions}, f)


def list_blocks(core, blocks, wanted, per):
    """Prints the blocks that cost most, with their instructions."""
    price = pricing.prices(core, sorted({code for (_, _, code), f in blocks.items() if f.executed}))
    hottest = sorted(blocks.items(), key=lambda b: -b[1].executed * price.get(b[0][2], 0))[:wanted]
    names = pricing.disassemble(sorted({code[i : i + 8] for (_, _, code), _ in hottest for i in range(0, len(code), 8)}))
    for (_, symbol, code), figures in hottest:
        print(f"\n-- {symbol}: {figures.executed / per:.0f} times {price[code]:.2f} cycles")
        print("\n".join("    " + line for line in pricing.assembly(code, names)))


if __name__ == "__main__":
    main()
