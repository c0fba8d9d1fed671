"""What the conversion of a camera's frame costs beside the network that it is made for: 640x480 YUYV to the 224x224 int8 input of MobileNet V2."""
import json
import sys

import networks
import pricing
from cores import CORES

NETWORK, WIDTH, HEIGHT, FORMAT = "mobilenet_v2", 640, 480, "yuyv"
# Most of the network's cycles that the conversion may take.
SHARE_ALLOWED = 0.05
CONVERSION = "EdgeRuntime_Camera_"


def measure(program, run_symbol, cover, core):
    """Cycles of the conversion of one frame, of the network, and of everything else from one inference to the next, as edged run does it."""
    frames, config = pricing.OUT / "frames.yuyv", pricing.OUT / "frames.json"
    pricing.OUT.mkdir(parents=True, exist_ok=True)
    # A pattern without runs of equal bytes; what the pixels are changes nothing in the cost.
    frames.write_bytes(bytes((7 * i + 13 * (i >> 9)) & 255 for i in range(2 * WIDTH * HEIGHT)) * 3)
    source = {"kind": "raw", "path": str(frames), "width": WIDTH, "height": HEIGHT, "format": FORMAT}
    config.write_text(json.dumps({"model": str(networks.build(NETWORK)), "source": source}))
    blocks = pricing.count(core, [program, "run", "--config", config], run=run_symbol, window=(2, 3))
    conversion = network = rest = 0
    for (step, symbol), figures in pricing.sums(core, blocks, cover).items():
        if step >= 0:
            network += figures["cycles"]
        elif symbol.startswith(CONVERSION):
            conversion += figures["cycles"]
        else:
            rest += figures["cycles"]
    return conversion, network, rest


def check(program, run_symbol, cover):
    """Prints the share on each core and fails where it is too large."""
    large = []
    for core in CORES:
        conversion, network, rest = measure(program, run_symbol, cover, core)
        if not conversion or not network:
            pricing.fail(f"{program} run shows no conversion or no network on {core}: is it published with symbols?")
        print(f"frame conversion     {core:4} {conversion / 1e6:9.3f} M cycles, {100 * conversion / network:.1f} % of {NETWORK}'s {network / 1e6:.2f};"
              f" decision, report and the rest {rest / 1e6:.3f}")
        if conversion > SHARE_ALLOWED * network:
            large.append(f"the conversion of a frame takes {100 * conversion / network:.1f} % of {NETWORK} on {core}; the limit is {100 * SHARE_ALLOWED:.0f} %")
    if large:
        sys.exit("\n".join(large))
