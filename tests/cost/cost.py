#!/usr/bin/env python3
"""What networks cost on the boards' cores, by the cost model: a table, a record of it, and a check against the record.

  cost.py table [--core a72]... [--layers] [MODEL.edge | NAME]...
  cost.py record        writes recorded.json for the networks that every build checks
  cost.py check         fails when one of them became more than 3 % dearer than recorded

Without a model: all networks of networks.py. Results are written to out/cost/NETWORK.CORE.json.
"""
import argparse
import json
import os
import pathlib
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import networks
import pricing
from cores import CORES

PROGRAM = networks.TOP / "out/arm64-symbols/edged"
RECORD = pathlib.Path(__file__).resolve().parent / "recorded.json"
# The method that runs a network: every virtual call out of it is a layer's kernel.
RUN_SYMBOL = "EdgeRuntime_EdgeRuntime_Session__Run"
COVER = 0.998
GROWTH_ALLOWED = 1.03


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
        peer = networks.NETWORKS[network].xnnpack.get(core) if network in networks.NETWORKS else None
        beside = f"{peer:9.2f} {r['cycles'] / 1e6 / peer:6.2f}" if peer else f"{'':9} {'':6}"
        print(f"{network:20} {core:4} {r['cycles'] / 1e6:9.3f} {r['ms']:8.3f} {r['l1_misses'] / 1e3:8.1f} {r['l2_misses'] / 1e3:7.1f}"
              f" {r['instructions'] / 1e6:9.2f} {beside}".rstrip())


def print_layers(result):
    """The share of each step of the plan."""
    print(f"\n{result['network']} on {result['core']}")
    print(f"  {'step':>6} {'share':>7} {'M cycles':>9} {'L1D k':>8} {'L2 k':>7}  most of it in")
    for s in result["steps"]:
        name = str(s["step"]) if s["step"] >= 0 else "around"
        print(f"  {name:>6} {100 * s['cycles'] / max(result['cycles'], 1):6.1f}% {s['cycles'] / 1e6:9.4f} {s['l1_misses'] / 1e3:8.2f} {s['l2_misses'] / 1e3:7.2f}  {s['function'][-100:]}")


def table(a):
    """Prints the table for the models or networks that were asked for."""
    wanted = a.models or list(networks.NETWORKS)
    models = [networks.build(m) if m in networks.NETWORKS else pathlib.Path(m) for m in wanted]
    for model in models:
        if not model.is_file():
            pricing.fail(f"{model} is neither a file nor one of: {' '.join(networks.NETWORKS)}")
    results = measure_all(models, a.core or list(CORES))
    print_table(results)
    if a.layers:
        for result in results.values():
            print_layers(result)


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
        pricing.fail(f"{networks.DATA} is missing: set EDGE_DATA")
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


def main():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = p.add_subparsers(dest="verb", required=True)
    t = verbs.add_parser("table")
    t.add_argument("--core", action="append", choices=CORES)
    t.add_argument("--layers", action="store_true", help="the share of each layer, too")
    t.add_argument("models", nargs="*", metavar="MODEL")
    t.set_defaults(action=table)
    verbs.add_parser("record").set_defaults(action=record)
    verbs.add_parser("check").set_defaults(action=check)
    a = p.parse_args()
    if not PROGRAM.exists():
        pricing.fail(f"{PROGRAM} is missing: deploy/publish-arm64.sh --symbols")
    a.action(a)


if __name__ == "__main__":
    main()
