#!/usr/bin/env python3
"""Disassembles the published arm64 kernels and holds their inner loops to what they were written to be.

  kernels.py            checks out/arm64-symbols/edged against KERNELS
  kernels.py --list     prints what the inner loop of every kernel holds, to write a new line of the table from

Every compiled form of a kernel (one per way of rounding) is checked: its innermost loop with the most arithmetic must hold exactly the given instructions, and no
innermost loop may keep vectors on the stack.
"""
import argparse
import functools
import pathlib
import re
import subprocess
import sys
from collections import Counter
from typing import NamedTuple

import pricing

PROGRAM = pathlib.Path(__file__).resolve().parent.parent.parent / "out/arm64-symbols/edged"


class Kernel(NamedTuple):
    """A regular expression that the kernel's symbols begin with, and the instructions of its inner loop that matter: {mnemonic: count}."""

    symbol: str
    loop: dict


INT8 = "EdgeRuntime_EdgeRuntime_Kernels_Int8_"
BINARY = "EdgeRuntime_EdgeRuntime_Kernels_Binary_"
TILE, ROW = (BINARY + f"Conv2D_{name}_3<{BINARY}Conv2D_" for name in ("NeonBinaryConv2D", "NeonBinaryRow"))
PAIRED = f"_1<{INT8}PairedProducts>"
SINGLE = f"_1<{INT8}SingleProducts>"
KERNELS = [
    # 2 rows x 16 channels x 4 depths, and 4 rows x 8 channels x 4 depths: 128 products.
    Kernel(INT8 + f"NeonGemmTile{PAIRED}__Wide", {"smull": 4, "smull2": 4, "smlal": 4, "smlal2": 4, "sadalp": 8, "ld1r": 4, "mov": 0, "ldp": 0}),
    Kernel(INT8 + f"NeonGemmTile{PAIRED}__Narrow", {"smull": 4, "smull2": 4, "smlal": 4, "smlal2": 4, "sadalp": 8, "ld1r": 8, "ldp": 0}),
    # The same where two weights of -128 may meet.
    Kernel(INT8 + f"NeonGemmTile{SINGLE}__Wide", {"smull": 8, "smull2": 8, "sadalp": 16, "ld1r": 4, "mov": 0}),
    # 4 rows x 16 channels x 8 depths, and 8 rows x 8 channels x 8 depths: 512 products.
    Kernel(INT8 + "NeonDpGemmTile__Wide", {"sdot": 32, "mov": 0}),
    Kernel(INT8 + "NeonDpGemmTile__Narrow", {"sdot": 32, "mov": 0}),
    # One-bit weights by look-up: 2 groups of 4 inputs x 32 outputs.
    Kernel(INT8 + "NeonSignTables__Accumulate", {"tbl": 8, "uaddw": 4, "uaddw2": 4, "mov": 0}),
    # Three pixels of 8 channels a turn, and two where windows move by two columns.
    Kernel(INT8 + f"NeonDepthwise3x3Tile{PAIRED}__Stride1", {"smull": 15, "smlal": 12}),
    Kernel(INT8 + f"NeonDepthwise3x3Tile{PAIRED}__Stride2", {"smull": 10, "smlal": 8}),
    Kernel(INT8 + "NeonDpDepthwise3x3Tile__Stride1", {"sdot": 18, "zip1": 9, "zip2": 3}),
    Kernel(INT8 + "NeonDpDepthwise3x3Tile__Stride2", {"sdot": 12, "zip1": 12, "zip2": 4}),
    # One row of the filter, four pixels of 8 channels.
    Kernel(INT8 + f"NeonDepthwise5x5Tile{PAIRED}__Stride1", {"smull": 12, "smlal": 8, "saddw": 12, "saddw2": 12, "mov": 4}),
    Kernel(INT8 + f"NeonDepthwise5x5Tile{PAIRED}__Stride2", {"smull": 12, "smlal": 8, "saddw": 12, "saddw2": 12, "mov": 4}),
    # 16 elements a step.
    Kernel(INT8 + "NeonFusedSumKernel_2<EdgeRuntime_EdgeRuntime_Kernels_Int8_PermutedFloats__EdgeRuntime_EdgeRuntime_Kernels_Int8_RoundFused>__Sum", {"tbx": 8, "fsub": 4, "fmla": 8, "fadd": 4, "mov": 0}),
    Kernel(INT8 + "NeonFusedSumKernel_2<EdgeRuntime_EdgeRuntime_Kernels_Int8_ConvertedFloats__EdgeRuntime_EdgeRuntime_Kernels_Int8_RoundFused>__Sum", {"scvtf": 8, "fmla": 8, "fadd": 4, "mov": 0}),
    Kernel(INT8 + "NeonSumKernel_1<EdgeRuntime_EdgeRuntime_Kernels_Int8_RoundAwayFromZero>__SumScaled", {"sqrdmulh": 8, "srshl": 8}),
    # 6 rows x 8 channels x 4 depths.
    Kernel("EdgeRuntime_EdgeRuntime_Kernels_Float32_NeonFloat32GemmTile__SixRows", {"fmla": 48, "mov": 0}),
    # Signs: 8 filters x 4 pixels of 128, 2 x 64 and 2 x 32 channels, whatever border and output; windows of one chunk have the output transform in their loop.
    Kernel(TILE + "NeonLanes128_.*__RunMany<", {"eor": 32, "cnt": 32, "addp": 28, "uadalp": 4, "mov": 0}),
    Kernel(TILE + "NeonLanes64_.*__RunMany<", {"eor": 32, "cnt": 32, "addp": 24, "uadalp": 8, "mov": 0}),
    Kernel(TILE + "NeonLanes32_.*__RunMany<", {"eor": 16, "cnt": 16, "addp": 8, "uadalp": 8, "mov": 0}),
    Kernel(TILE + "NeonLanes128_.*__RunSingle$", {"cnt": 32}),
    # 8 filters x 1 pixel.
    Kernel(ROW + "NeonLanes128_.*__Run$", {"eor": 8, "cnt": 8, "addp": 7, "uadalp": 1, "mov": 0}),
    # Binarization: 2 rows x 128 channels of int8, 4 rows x 32 channels of float32.
    Kernel(BINARY + "Signs_NeonInt8Signs__Block", {"cmgt": 16, "addp": 6}),
    Kernel(BINARY + "Signs_NeonFloat32Signs__Block", {"fcmgt": 32, "sli": 28}),
    # 256 elements of float32 against 0.
    Kernel(BINARY + "Signs_NeonFloat32ZeroSigns__Block", {"addhn": 32, "addhn2": 32, "cmhi": 32, "sli": 24, "addp": 6, "mov": 0}),
]

MOST_NAMES = 100
ARITHMETIC = re.compile(r"(smull2?|smlal2?|sadalp|sdot|cnt|eor|sqrdmulh|addp|uadalp|fmla)$")
# Vector registers to and from the frame: str q8, [sp, #16] and ldr q8, [x29, #48].
SPILL = re.compile(r"(str|ldr|stp|ldp|stur|ldur)\s+[qd]\d+,.*\[(sp|x29)\b")
BRANCH = re.compile(r"(?:b|b\.\w+|cbn?z|tbn?z)\s+(?:.*,\s*)?(?:0x)?([0-9a-f]+)\b(?=\s*(?:<|$))")


@functools.cache
def all_symbols():
    """Names of the program's functions."""
    listed = subprocess.run([pricing.tool("llvm-nm"), "--defined-only", "--format=just-symbols", PROGRAM], capture_output=True, text=True, check=True)
    return sorted({line for line in listed.stdout.splitlines() if not line.startswith("__")})


def symbols(pattern):
    """Names of the functions whose symbol begins as the pattern says."""
    return [name for name in all_symbols() if re.match(pattern, name)]


def disassemble(names):
    """{function: [(address, mnemonic, text)]}"""
    # The names of generic methods are long; one argument holds 128 KB.
    if len(names) > MOST_NAMES:
        return disassemble(names[:MOST_NAMES]) | disassemble(names[MOST_NAMES:])
    command = [pricing.tool("llvm-objdump"), "-d", "--no-show-raw-insn", f"--disassemble-symbols={','.join(names)}", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    functions, current = {}, None
    for line in done.stdout.splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            current = functions.setdefault(head[1], [])
        elif (body := re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)$", line)) and current is not None:
            current.append((int(body[1], 16), body[2], f"{body[2]} {body[3]}"))
    return functions


def innermost_loops(code):
    """The instructions of each loop that has no loop inside: from the target of a backward branch to the branch."""
    loops = []
    for address, _, text in code:
        if (branch := BRANCH.match(text)) and code[0][0] <= int(branch[1], 16) <= address:
            loops.append((int(branch[1], 16), address))
    inner = [a for a in loops if not any(a != b and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    return [[i for i in code if first <= i[0] <= last] for first, last in inner]


def arithmetic(loop):
    """How many of a loop's instructions multiply, count or add products."""
    return sum(bool(ARITHMETIC.match(mnemonic)) for _, mnemonic, _ in loop)


def mnemonics(loop):
    """{mnemonic: count}; of the moves, those between vector registers."""
    return Counter(m for _, m, text in loop if m != "mov" or re.match(r"mov\s+v", text))


def check(kernel):
    """Complaints about a kernel."""
    names = symbols(kernel.symbol)
    if not names:
        return [f"{kernel.symbol}: the program has no such function"]
    complaints = []
    for name, code in disassemble(names).items():
        loops = innermost_loops(code)
        if not loops:
            complaints.append(f"{name}: no loop")
            continue
        found = mnemonics(max(loops, key=arithmetic))
        complaints += [f"{name}: {found[m]} {m} in the inner loop, not {n}" for m, n in kernel.loop.items() if found[m] != n]
        complaints += [f"{name}: '{text}' in an inner loop" for loop in loops for _, _, text in loop if SPILL.match(text)]
    return complaints


def main():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--list", action="store_true")
    a = p.parse_args()
    if not PROGRAM.exists():
        pricing.fail(f"{PROGRAM} is missing: deploy/publish-arm64.sh --symbols")
    if a.list:
        for kernel in KERNELS:
            for name, code in disassemble(symbols(kernel.symbol)).items():
                loops = innermost_loops(code)
                print(name, dict(mnemonics(max(loops, key=arithmetic))) if loops else "no loop")
        return
    complaints = [c for kernel in KERNELS for c in check(kernel)]
    if complaints:
        sys.exit("\n".join(complaints))
    print(f"{len(KERNELS)} kernels are what they were written to be")


if __name__ == "__main__":
    main()
