"""What loading a file costs: EdgeModel.Load alone, which decodes compressed constants. Not in it: reading from the card, page faults, the start of the program."""
import json
import pathlib

import logs
import networks
import pricing
from cores import CORES

LOAD = "EdgeRuntime_EdgeRuntime_Model_Format_EdgeFileReader__Load"


def measure(program, cover, core, model):
    """Figures of one load, with its calibrated time."""
    blocks = pricing.count(core, [program, "bench", model, "--runs", "1", "--warmup", "0"], run=LOAD, once=True)
    if not blocks:
        pricing.fail(f"{program} never entered {LOAD}: is it published with symbols?")
    total = pricing.merge(pricing.sums(core, blocks, cover).values())
    return {**total, "ms": CORES[core].milliseconds(total["cycles"], total["l2_misses"])}


def float_bytes(model):
    """Bytes of the file's weights and biases as float32."""
    return 4 * sum(layer["parameters"] for layer in json.loads(networks.edgec("inspect", model, "--json"))["layers"])


def run(a, program, cover):
    """Prints the loads that were asked for and logs them."""
    cores = a.core or ["a72"]
    print(f"{'file':24} {'core':4} {'bytes':>11} {'float32 bytes':>13} {'M cycles':>9} {'ms':>8} {'MB/s':>7}")
    for model in map(pathlib.Path, a.models):
        if not model.is_file():
            pricing.fail(f"{model} is no file")
        floats = float_bytes(model)
        figures = {"fileBytes": model.stat().st_size, "floatBytes": floats}
        for core in cores:
            m = measure(program, cover, core, model)
            rate = floats / m["ms"] / 1e3
            print(f"{model.stem:24} {core:4} {figures['fileBytes']:11,} {floats:13,} {m['cycles'] / 1e6:9.2f} {m['ms']:8.1f} {rate:7.0f}")
            figures |= {f"{core}.cycles": round(m["cycles"]), f"{core}.milliseconds": round(m["ms"], 2), f"{core}.l2Misses": m["l2_misses"],
                        f"{core}.floatMegabytesPerSecond": round(rate, 1)}
        if a.log:
            logs.write(pathlib.Path(a.log) / f"load-{model.stem}.json", "load", model, cores, figures)
