"""Runs a program under QEMU with the counting plugin and prices its basic blocks with llvm-mca."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict

from cores import CORES

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "out" / "cost"
# Blocks are priced in a loop of this many iterations, so that what counts is the steady state.
ITERATIONS = 50


class Figures:
    """Executions and cache misses of one block, or sums of them."""

    __slots__ = ("executed", "l1", "l2", "streamed")

    def __init__(self, executed=0, l1=0, l2=0, streamed=0):
        self.executed, self.l1, self.l2, self.streamed = executed, l1, l2, streamed

    def add(self, other, sign=1):
        """Adds another's figures, or takes them off (never below nothing)."""
        for name in self.__slots__:
            setattr(self, name, max(0, getattr(self, name) + sign * getattr(other, name)))


def fail(message):
    """Ends the program with one line."""
    sys.exit(f"cost: {message}")


def tool(name):
    """The path of an LLVM tool, the version that the figures were made with first."""
    return shutil.which(name + "-19") or shutil.which(name) or fail(f"{name} is not installed: run deploy/setup.sh cost")


def plugin():
    """The counting plugin, compiled when it is missing or older than its source."""
    OUT.mkdir(parents=True, exist_ok=True)
    library, source = OUT / "blocks.so", HERE / "blocks.c"
    with open(OUT / "blocks.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library, source], check=True)
    return library


def count(core, command, caches=True, run=None, window=(1, 2), once=False):
    """
    Runs a command; returns {(step, symbol, code): Figures}. Without `run` (the symbol that runs a network) all is step -1. With `once`, the first call of `run`
    is counted and the program ends with it.
    """
    descriptor, name = tempfile.mkstemp(prefix="cost-")
    os.close(descriptor)
    try:
        options = f"{plugin()},out={name}"
        if caches:
            options += f",cache={CORES[core].caches}"
        if run:
            options += f",run={run},window={window[0]}:{window[1]}"
        if once:
            options += ",once=on"
        qemu = ["qemu-aarch64", "-cpu", CORES[core].qemu, "-plugin", options]
        done = subprocess.run(qemu + [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        if done.returncode:
            fail(f"'{' '.join(map(str, command))}' ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
        blocks = {}
        with open(name) as lines:
            for line in lines:
                step, address, executed, l1, l2, streamed, _, symbol, code = line.split()
                figures = Figures(int(executed), int(l1), int(l2), int(streamed))
                if (found := blocks.setdefault((int(step), int(address, 16), symbol, code), figures)) is not figures:
                    found.add(figures)
        return whole(blocks)
    finally:
        os.unlink(name)


def jumps(word):
    """Whether an instruction may be followed by another than the next one: b, bl, b.cond, cbz, cbnz, tbz, tbnz, br, blr, ret."""
    w = int(word, 16)
    return w >> 26 & 0x1F == 0x05 or w >> 24 == 0x54 or w >> 25 & 0x3F in (0x1A, 0x1B) or w >> 25 == 0x6B


def whole(blocks):
    """
    Takes {(step, address, symbol, code): Figures}, joins blocks that QEMU cut at the border of a page or because they were long (a loop in two halves would be
    priced as two loops, and its price would depend on where the linker put it), and returns {(step, symbol, code): Figures}. What lies behind a cut may be reached from several blocks before it
    (the way into a loop and its way round), and is joined to each.
    """
    blocks = dict(blocks)
    starts = defaultdict(list)
    for key in blocks:
        starts[key[:3]].append(key)
    for key in sorted(blocks, key=lambda k: -k[1]):
        step, address, symbol, code = key
        end = address + len(code) // 2
        after = [k for k in starts[step, end, symbol] if k in blocks]
        if jumps(code[-8:]) or len(after) != 1 or blocks[after[0]].executed < blocks[key].executed:
            continue
        rest, figures = blocks[after[0]], blocks.pop(key)
        rest.executed -= figures.executed
        if not rest.executed:
            figures.add(blocks.pop(after[0]))
        joined = (step, address, symbol, code + after[0][3])
        blocks[joined] = figures
        starts[joined[:3]].append(joined)
    sums_of_code = defaultdict(Figures)
    for (step, _, symbol, code), figures in blocks.items():
        sums_of_code[step, symbol, code].add(figures)
    return sums_of_code


def disassemble(words):
    """Assembly text of instruction words (8 hexadecimal digits each)."""
    text = "\n".join(" ".join("0x" + w[i : i + 2] for i in (6, 4, 2, 0)) for w in words)
    done = subprocess.run([tool("llvm-mc"), "--disassemble", "--triple=aarch64", "--mattr=+all", "--show-encoding"], input=text, capture_output=True, text=True)
    found = re.finditer(r"^\t(.+?)\s*// encoding: \[0x(..),0x(..),0x(..),0x(..)\]", done.stdout, re.M)
    return {m[5] + m[4] + m[3] + m[2]: m[1].replace("\t", " ") for m in found}


def assembly(code, names):
    """The instructions of a block; one that LLVM cannot read counts as a nop."""
    return [names.get(code[i : i + 8], "nop") for i in range(0, len(code), 8)]


def analyse(core, bodies):
    """Cycles per execution of each straight-line block, in steady state."""
    text = "".join(f"# LLVM-MCA-BEGIN b{i}\n" + "\n".join(body) + "\n# LLVM-MCA-END\n" for i, body in enumerate(bodies))
    command = [tool("llvm-mca"), "-mtriple=aarch64", f"-mcpu={CORES[core].llvm}", "-mattr=+all", f"-iterations={ITERATIONS}",
               "-skip-unsupported-instructions=any", "-instruction-info=false", "-resource-pressure=false"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    found = re.finditer(r"Code Region - b(\d+)\s.*?Total Cycles:\s+(\d+)", done.stdout, re.S)
    cycles = {int(m[1]): int(m[2]) / ITERATIONS for m in found}
    if bodies and not cycles:
        fail(f"llvm-mca priced nothing: {done.stderr.strip()[:500]}")
    # A block that the model refuses costs an instruction a cycle.
    return [cycles.get(i, float(len(body))) for i, body in enumerate(bodies)]


def prices(core, codes):
    """{code: cycles per execution}, from a store of earlier prices where they are known."""
    store = OUT / f"prices-{core}.json"
    try:
        known = json.loads(store.read_text())
    except (OSError, ValueError):
        known = {}
    new = [c for c in codes if c not in known]
    if new:
        names = disassemble(sorted({c[i : i + 8] for c in new for i in range(0, len(c), 8)}))
        known.update(zip(new, analyse(core, [assembly(c, names) for c in new])))
        temporary = store.with_suffix(f".{os.getpid()}.new")
        temporary.write_text(json.dumps(known))
        os.replace(temporary, store)
    return known


def sums(core, blocks, cover):
    """Prices the blocks that make up the share `cover` of the instructions, the rest at their average; returns figures per step and function."""
    instructions = defaultdict(int)
    for (_, _, code), f in blocks.items():
        instructions[code] += f.executed * len(code) // 8
    total = sum(instructions.values())
    hot, seen = [], 0
    for code in sorted((c for c in instructions if instructions[c]), key=lambda c: -instructions[c]):
        if seen >= cover * total:
            break
        hot.append(code)
        seen += instructions[code]
    price = prices(core, hot)
    priced = set(hot)
    cycles_of_hot = sum(price[code] * f.executed for (_, _, code), f in blocks.items() if code in priced)
    average = cycles_of_hot / max(seen, 1)
    rows = defaultdict(lambda: {"instructions": 0, "cycles": 0.0, "l1_misses": 0, "l2_misses": 0, "streamed": 0})
    for (step, symbol, code), f in blocks.items():
        row = rows[step, symbol]
        n = f.executed * len(code) // 8
        row["instructions"] += n
        row["cycles"] += f.executed * price[code] if code in priced else n * average
        row["l1_misses"] += f.l1
        row["l2_misses"] += f.l2
        row["streamed"] += f.streamed
    return rows


def merge(rows):
    """The sum of several rows of figures."""
    rows = list(rows)
    return {name: sum(r[name] for r in rows) for name in ("instructions", "cycles", "l1_misses", "l2_misses", "streamed")}
