#!/usr/bin/env python3
"""What networks cost on the boards' cores, by the cost model: a table, a record of it, and a check against the record.

  cost.py table [--core a72]... [--layers] [--log FOLDER] [MODEL.edge | NAME]...
  cost.py record        writes recorded.json for the networks that every build checks
  cost.py check         fails when one of them became more than 3 % dearer than recorded, or edged starts too slowly
  cost.py start         from the start of edged to its first prediction
  cost.py load MODEL.edge... [--core a72]... [--log FOLDER]
                        EdgeModel.Load alone: time, and MB/s of float32 weights
  cost.py frames        the conversion of a camera's frame beside MobileNet V2, at most 5 % of it
  cost.py binary [--core a72]... [--part layers|real|forms|claims|weights|depthwise|binarize|networks]... [--write FILE] [--keep PATTERN]
                        binary layers and networks beside their peers

Without a model: all networks of networks.py. Results are written to out/cost/NETWORK.CORE.json.
"""
import argparse
import json
import os
import pathlib
import struct
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import binary
import frames
import load
import logs
import networks
import pricing
from cores import CORES

PROGRAM = networks.TOP / "out/arm64-symbols/edged"
RECORD = pathlib.Path(__file__).resolve().parent / "recorded.json"
# The method that runs a network: every virtual call out of it is a layer's kernel.
RUN_SYMBOL = "EdgeRuntime_EdgeRuntime_Session__Run"
COVER = 0.998
GROWTH_ALLOWED = 1.03
# What test runners take for "skipped".
EXIT_SKIPPED = 77
# The core on which the time from the start of the process to the first prediction is held.
START_CORE = "a72"


def measure(model, core):
    """Cost of one warm inference: totals, and per step of the plan. The window reaches from the start of one run to the start of the next."""
    command = [PROGRAM, "bench", model, "--warmup", "1", "--runs", "2", "--threads", "1"]
    blocks = pricing.count(core, command, run=RUN_SYMBOL, window=(2, 3))
    if not any(step >= 0 for step, _, _ in blocks):
        pricing.fail(f"'{' '.join(map(str, command))}' never entered {RUN_SYMBOL} twice: is {PROGRAM} published with symbols?")
    rows = pricing.sums(core, blocks, COVER)
    functions = defaultdict(list)
    for (step, symbol), figures in rows.items():
        functions[step].append({"function": symbol, **figures})
    steps = []
    for step in sorted(functions):
        ranked = sorted(functions[step], key=lambda f: -f["cycles"])
        steps.append({"step": step, "function": ranked[0]["function"], **with_time(core, pricing.merge(ranked))})
    total = with_time(core, pricing.merge(rows.values()))
    return {"network": pathlib.Path(model).stem, "core": core, **total, "steps": steps}


def with_time(core, figures):
    """The figures with their calibrated time."""
    return {**figures, "ms": CORES[core].milliseconds(figures["cycles"], figures["l2_misses"])}


def measure_all(models, cores):
    """Measures every model on every core, two at a time; writes each result and returns {(network, core): result}."""
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        jobs = {(model, core): pool.submit(measure, model, core) for model in models for core in cores}
        results = {}
        for (model, core), job in jobs.items():
            result = job.result()
            write_json(pricing.OUT / f"{pathlib.Path(model).stem}.{core}.json", result)
            results[pathlib.Path(model).stem, core] = result
    return results


def write_json(path, value):
    """Writes a file whole or not at all."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(value, indent=1) + "\n")
    os.replace(temporary, path)


def print_table(results):
    """Networks x cores, with XNNPACK's cycles beside ours where they are known."""
    print(f"{'network':20} {'core':4} {'M cycles':>9} {'ms':>8} {'L1D k':>8} {'L2 k':>7} {'M instr':>9} {'XNNPACK':>9} {'ratio':>6}")
    for (network, core), r in results.items():
        peer = networks.peer(network, core)
        beside = f"{peer['cycles'] / 1e6:9.2f} {r['cycles'] / peer['cycles']:6.2f}" if peer else f"{'':9} {'':6}"
        print(f"{network:20} {core:4} {r['cycles'] / 1e6:9.3f} {r['ms']:8.3f} {r['l1_misses'] / 1e3:8.1f} {r['l2_misses'] / 1e3:7.1f}"
              f" {r['instructions'] / 1e6:9.2f} {beside}".rstrip())


def named(result, layers):
    """Name, operator and multiply-accumulates of each step of a result."""
    steps = sum(s["step"] >= 0 for s in result["steps"])
    # A reshape whose output lies where its input does is not run.
    layers = layers if len(layers) == steps else [layer for layer in layers if layer[1] != "Reshape"]
    known = len(layers) == steps
    return [layers[s["step"]] if known and s["step"] >= 0 else (f"step {s['step']}" if s["step"] >= 0 else "between runs", "", 0) for s in result["steps"]]


def print_layers(result, layers):
    """The share of each step of the plan, and how near it comes to what the core's multipliers can do."""
    limit = CORES[result["core"]].int8_macs_per_cycle
    print(f"\n{result['network']} on {result['core']} (multipliers: {limit} multiply-accumulates a cycle)")
    print(f"  {'layer':32} {'operator':18} {'share':>6} {'M cycles':>9} {'MAC/cycle':>9} {'of limit':>8} {'L1D k':>8} {'L2 k':>7}  most of it in")
    for s, (name, operator, macs) in zip(result["steps"], named(result, layers)):
        rate = macs / max(s["cycles"], 1)
        reached = f"{rate:9.2f} {100 * rate / limit:7.1f}%" if macs else f"{'':9} {'':8}"
        print(f"  {name[:32]:32} {operator:18} {100 * s['cycles'] / max(result['cycles'], 1):5.1f}% {s['cycles'] / 1e6:9.4f} {reached}"
              f" {s['l1_misses'] / 1e3:8.2f} {s['l2_misses'] / 1e3:7.2f}  {s['function'].split('_Kernels_', 1)[-1][:80]}")
    if named:
        print_operators(result, layers, limit)


def print_operators(result, layers, limit):
    """The sums of all steps of an operator that multiplies."""
    sums = defaultdict(lambda: [0.0, 0])
    for s in result["steps"]:
        if s["step"] >= 0 and layers[s["step"]][2]:
            sums[layers[s["step"]][1]][0] += s["cycles"]
            sums[layers[s["step"]][1]][1] += layers[s["step"]][2]
    for operator, (cycles, macs) in sums.items():
        print(f"  {'all':32} {operator:18} {100 * cycles / max(result['cycles'], 1):5.1f}% {cycles / 1e6:9.4f} {macs / max(cycles, 1):9.2f} {100 * macs / max(cycles, 1) / limit:7.1f}%")


def table(a):
    """Prints the table for the models or networks that were asked for."""
    wanted = a.models or list(networks.NETWORKS)
    models = [networks.build(m) if m in networks.NETWORKS else pathlib.Path(m) for m in wanted]
    for model in models:
        if not model.is_file():
            pricing.fail(f"{model} is neither a file nor one of: {' '.join(networks.NETWORKS)}")
    cores = a.core or list(CORES)
    results = measure_all(models, cores)
    print_table(results)
    if a.log:
        for model in models:
            logs.write(pathlib.Path(a.log) / f"cost-{model.stem}.json", "table", model, cores, cost_figures(model, cores, results))
    if a.layers:
        layers = {model.stem: networks.layers(model) for model in models}
        for (network, _), result in results.items():
            print_layers(result, layers[network])


def cost_figures(model, cores, results):
    """What a log holds of one network."""
    figures = {"fileBytes": model.stat().st_size}
    for core in cores:
        r = results[model.stem, core]
        figures |= {f"{core}.cycles": round(r["cycles"]), f"{core}.l2Misses": r["l2_misses"], f"{core}.milliseconds": round(r["ms"], 4)}
    return figures


def measure_checked():
    """The networks that every build prices."""
    return measure_all([networks.build(n) for n, network in networks.NETWORKS.items() if network.checked], list(CORES))


def record(_):
    """Writes the costs that later builds are held to."""
    costs = defaultdict(dict)
    for (network, core), r in measure_checked().items():
        costs[network][core] = {"cycles": round(r["cycles"]), "instructions": round(r["instructions"]), "l2_misses": r["l2_misses"]}
    write_json(RECORD, costs)
    print(f"wrote {RECORD.relative_to(networks.TOP)}")


def check(_):
    """Holds today's costs against the record."""
    if not networks.DATA.is_dir():
        print(f"cost: {networks.DATA}, with the networks, is missing: set EDGE_DATA", file=sys.stderr)
        sys.exit(EXIT_SKIPPED)
    try:
        recorded = json.loads(RECORD.read_text())
    except (OSError, ValueError) as e:
        pricing.fail(f"{RECORD} cannot be read ({e}): make cost-record")
    results = measure_checked()
    print_table(results)
    dearer = []
    for (network, core), r in results.items():
        before = recorded.get(network, {}).get(core, {}).get("cycles")
        if before is None:
            dearer.append(f"{network} on {core} is not recorded: make cost-record")
        elif r["cycles"] > GROWTH_ALLOWED * before:
            dearer.append(f"{network} on {core} takes {r['cycles']:.0f} cycles, {100 * (r['cycles'] / before - 1):.1f} % more than the {before} recorded")
        elif r["cycles"] * GROWTH_ALLOWED < before:
            print(f"{network} on {core} takes {100 * (1 - r['cycles'] / before):.1f} % less than recorded: make cost-record")
    if dearer:
        sys.exit("\n".join(dearer))
    start(_)
    convert(_)


def convert(_):
    """Holds the conversion of frames against its budget."""
    frames.check(PROGRAM, RUN_SYMBOL, COVER)


def write_picture(path, side=32):
    """A grey BMP with a bright square: something for edged to classify."""
    rows = bytearray()
    for y in range(side):
        for x in range(side):
            rows += bytes([255 if side // 4 <= x < 3 * side // 4 and side // 4 <= y < 3 * side // 4 else 0] * 3)
    header = struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54)
    path.write_bytes(header + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, len(rows), 2835, 2835, 0, 0) + rows)


def start(_):
    """Holds the time from the start of the process to the first prediction against the budget."""
    picture = pricing.OUT / "square.bmp"
    pricing.OUT.mkdir(parents=True, exist_ok=True)
    write_picture(picture)
    dearer = []
    for name, network in networks.NETWORKS.items():
        if not network.start:
            continue
        blocks = pricing.count(START_CORE, [PROGRAM, "classify", networks.build(name), picture])
        total = with_time(START_CORE, pricing.merge(pricing.sums(START_CORE, blocks, COVER).values()))
        print(f"{name:20} {START_CORE:4} {total['cycles'] / 1e6:9.3f} M cycles, {total['ms']:.1f} ms from start to first prediction")
        if total["ms"] > network.start:
            dearer.append(f"{name} takes {total['ms']:.0f} ms from start to first prediction; the limit is {network.start} ms")
    if dearer:
        sys.exit("\n".join(dearer))


def main():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = p.add_subparsers(dest="verb", required=True)
    t = verbs.add_parser("table")
    t.add_argument("--core", action="append", choices=CORES)
    t.add_argument("--layers", action="store_true", help="the share of each layer, too")
    t.add_argument("--log", metavar="FOLDER", help="write cost-MODEL.json there: docs/results")
    t.add_argument("models", nargs="*", metavar="MODEL")
    t.set_defaults(action=table)
    verbs.add_parser("record").set_defaults(action=record)
    verbs.add_parser("check").set_defaults(action=check)
    verbs.add_parser("start").set_defaults(action=start)
    verbs.add_parser("frames").set_defaults(action=convert)
    o = verbs.add_parser("load")
    o.add_argument("--core", action="append", choices=CORES)
    o.add_argument("--log", metavar="FOLDER", help="write load-MODEL.json there: docs/results")
    o.add_argument("models", nargs="+", metavar="MODEL.edge")
    o.set_defaults(action=lambda arguments: load.run(arguments, PROGRAM, COVER))
    b = verbs.add_parser("binary")
    b.add_argument("--core", action="append", choices=CORES)
    b.add_argument("--part", action="append", choices=binary.PARTS, help="only this table")
    b.add_argument("--write", metavar="FILE", help="write a page of the parts that were asked for, and its log beside it; not for some cores only")
    b.add_argument("--keep", metavar="PATTERN", help="take results of models whose names begin so from the log")
    b.set_defaults(action=lambda arguments: binary.run(arguments, measure_all))
    a = p.parse_args()
    if not PROGRAM.exists():
        pricing.fail(f"{PROGRAM} is missing: deploy/publish-arm64.sh --symbols")
    a.action(a)


if __name__ == "__main__":
    main()
