#!/usr/bin/env python3
"""Measures the networks of networks.py on all cores and writes docs/performance.md from that.

  performance.py measure    prices every network on every core, takes over out/bench/x64.json where it exists, and writes docs/performance.json
  performance.py page       writes docs/performance.md from docs/performance.json
"""
import json
import os
import sys

import cost
import networks
import pricing
from cores import CORES

LOG = networks.TOP / "docs/performance.json"
PAGE = networks.TOP / "docs/performance.md"
BENCH = networks.TOP / "out/bench/x64.json"
# Layers below this share of a network's cycles are summed up in one line.
SMALL_SHARE = 0.01


def processor():
    """The name of this PC's processor."""
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def measure():
    """Prices every network; one line per layer and core."""
    models = {name: networks.build(name) for name in networks.NETWORKS}
    results = cost.measure_all(list(models.values()), list(CORES))
    log = {"networks": {}}
    for name, model in models.items():
        layers = networks.layers(model)
        log["networks"][name] = {}
        for core in CORES:
            result = results[model.stem, core]
            rows = [
                {"name": layer, "operator": operator, "macs": macs, "cycles": round(s["cycles"]), "l1": s["l1_misses"], "l2": s["l2_misses"]}
                for s, (layer, operator, macs) in zip(result["steps"], cost.named(result, layers))
            ]
            log["networks"][name][core] = {
                "cycles": round(result["cycles"]), "ms": round(result["ms"], 3), "l1": result["l1_misses"], "l2": result["l2_misses"], "layers": rows,
            }
    if BENCH.exists():
        log["pc"] = {"processor": processor(), "rows": json.loads(BENCH.read_text())}
    text = json.dumps(log, indent=1)
    temporary = LOG.with_suffix(".new")
    temporary.write_text(text + "\n")
    os.replace(temporary, LOG)
    print(f"wrote {LOG.relative_to(networks.TOP)}")


def totals(log):
    """Networks x cores beside XNNPACK."""
    yield "| network | core | million cycles | XNNPACK | ratio | ms at the board's clock | share of the limit | L1D misses, k | L2 misses, k | XNNPACK's |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, cores in log["networks"].items():
        for core, r in cores.items():
            macs = sum(layer["macs"] for layer in r["layers"])
            peer = networks.peer(name, core)
            beside = f"{peer['cycles'] / 1e6:.2f} | {r['cycles'] / peer['cycles']:.2f}" if peer else " | "
            l2 = f"{peer['l2_misses'] / 1e3:.1f}" if peer else ""
            limit = "" if is_binary(r) else f"{100 * macs / CORES[core].int8_macs_per_cycle / r['cycles']:.0f} %"
            yield (f"| {name} | {core} | {r['cycles'] / 1e6:.3f} | {beside} | {r['ms']:.2f} | {limit} | {r['l1'] / 1e3:.1f} | {r['l2'] / 1e3:.1f} | {l2} |")


def is_binary(result):
    """Whether a network has layers whose products are single bits, for which the multipliers are no limit."""
    return any(layer["operator"].startswith("Binary") for layer in result["layers"])


def operators(log):
    """Share of the limit that all layers of an operator reach, and their share of the network's time."""
    yield "| network | operator | " + " | ".join(f"{core}, of limit | of the time" for core in CORES) + " |"
    yield "| --- | --- |" + " ---: | ---: |" * len(CORES)
    for name, cores in log["networks"].items():
        first = next(iter(cores.values()))
        if is_binary(first):
            continue
        for operator in dict.fromkeys(layer["operator"] for layer in first["layers"] if layer["macs"]):
            cells = []
            for core, r in cores.items():
                same = [layer for layer in r["layers"] if layer["operator"] == operator]
                cycles = sum(layer["cycles"] for layer in same)
                reached = sum(layer["macs"] for layer in same) / CORES[core].int8_macs_per_cycle / max(cycles, 1)
                cells.append(f"{100 * reached:.0f} % | {100 * cycles / r['cycles']:.0f} %")
            yield f"| {name} | {operator} | " + " | ".join(cells) + " |"


def layer_table(name, cores):
    """The layers of one network on all cores side by side."""
    yield f"\n### {name}\n"
    yield "| layer | operator | million MAC | " + " | ".join(f"{core}, thousand cycles | of limit" for core in cores) + " |"
    yield "| --- | --- | ---: |" + " ---: | ---: |" * len(cores)
    first = next(iter(cores.values()))
    small = [i for i in range(len(first["layers"])) if all(r["layers"][i]["cycles"] < SMALL_SHARE * r["cycles"] for r in cores.values())]
    for i, layer in enumerate(first["layers"]):
        if i not in small:
            yield row(layer["name"][-40:], layer["operator"], layer["macs"], [(core, r["layers"][i]["cycles"]) for core, r in cores.items()])
    if small:
        macs = sum(first["layers"][i]["macs"] for i in small)
        yield row(f"{len(small)} smaller steps", "Binary and others" if is_binary(first) else "", macs, [(core, sum(r["layers"][i]["cycles"] for i in small)) for core, r in cores.items()])


def row(name, operator, macs, cycles):
    """One line of a layer table."""
    cells = []
    for core, n in cycles:
        share = f"{100 * macs / CORES[core].int8_macs_per_cycle / n:.0f} %" if macs and n and not operator.startswith("Binary") else ""
        cells.append(f"{n / 1e3:.1f} | {share}")
    return f"| {name.replace('|', '/')} | {operator} | {f'{macs / 1e6:.2f}' if macs else ''} | " + " | ".join(cells) + " |"


def pc_table(pc):
    """This runtime and ONNX Runtime on the PC."""
    yield f"\n## On a PC\n\n{pc['processor']}, the least time of interleaved runs; ONNX Runtime 1.31 runs the same networks, exported with quantizers around every operator, on one thread.\n"
    yield "| network | us | us, two threads | speed-up | ONNX Runtime, us | of its speed | largest difference of an output |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for r in pc["rows"]:
        yield (f"| {r['network']} | {r['microseconds']:.0f} | {r['twoThreads']:.0f} | {r['speedUp']:.2f} | {r['onnxRuntime']:.0f} | {r['ofItsSpeed']:.2f} | {r['largestDifference']} |")


def page():
    """Writes the page."""
    try:
        log = json.loads(LOG.read_text())
    except (OSError, ValueError) as e:
        pricing.fail(f"{LOG} cannot be read ({e}): performance.py measure")
    lines = [
        "# What networks cost",
        "",
        "This page is written by `make performance` from `performance.json` beside it; do not edit it.",
        "",
        "The figures of the boards are modelled (tests/cost/README.md tells how, and how far they can be trusted): one warm inference of an int8 network, one thread.",
        "XNNPACK's are those of Debian 12's package under the same model, with its generic kernels or those it has for the core, whichever cost less; `tests/cost/peers/xnnpack-cost.sh a53 a72 a76` repeats them. `make cost MODELS=my.edge LAYERS=1`, or",
        "`edgec profile my.edge --core a72`, prices any other network; `edged bench my.edge --layers` measures on a real board.",
        "",
        "The limit of a core is what its multipliers can do: " + ", ".join(f"{c.int8_macs_per_cycle:g} multiply-accumulates a cycle on {name}" for name, c in CORES.items())
        + ". \"Share of the limit\" counts all cycles, those of layers without products too; binary layers have no multiplications, [binary-performance.md](binary-performance.md) is about them.",
        "",
        "## Networks",
        "",
        *totals(log),
        "",
        "## Operators",
        "",
        "What all layers of an operator together reach of the multipliers' limit, and what they take of the network's time; [kernels-int8.md](kernels-int8.md) tells what eats the rest.",
        "",
        *operators(log),
        "",
        "## Layers",
        "",
        f"Steps that take less than {100 * SMALL_SHARE:.0f} % of the network on every core are summed up.",
    ]
    for name, cores in log["networks"].items():
        lines += layer_table(name, cores)
    if "pc" in log:
        lines += pc_table(log["pc"])
        lines += ["", "`make bench-x64` repeats this."]
    temporary = PAGE.with_suffix(".new")
    temporary.write_text("\n".join(lines) + "\n")
    os.replace(temporary, PAGE)
    print(f"wrote {PAGE.relative_to(networks.TOP)}")


def main():
    """The command line."""
    verbs = {"measure": measure, "page": page}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]]()


if __name__ == "__main__":
    main()
