"""The networks whose cost is followed, and what XNNPACK takes for them on the same measure."""
import json
import os
import pathlib
import subprocess
from typing import NamedTuple

import pricing

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = pathlib.Path(os.environ.get("EDGE_DATA", TOP.parent / "shared" / "data"))
MODELS = pricing.OUT / "models"
PEERS = pathlib.Path(__file__).resolve().parent / "peers"


class Network(NamedTuple):
    """How an .edge file comes about (a file of the repository, or arguments of edgec before -o), and what every build checks."""

    make: pathlib.Path | tuple
    checked: bool  # its cost, against the record
    start: int  # most milliseconds from the start of edged to the first prediction on a Pi 4; 0 for no limit
    peer: str  # who ran the same network under this cost model, in peers/PEER.json


NETWORKS = {
    "digits-int8": Network(TOP / "deploy/models/digits-int8.edge", True, 120, ""),
    "mobilenet_v2": Network(("import", DATA / "models/mobilenet_v2_quantized_1x3x224x224.tflite"), True, 0, "xnnpack"),
    "mobilenet_v1": Network(("generate", "mobilenet_v1", "--size", "224", "--weights", "int8", "--seed", "1"), True, 0, "xnnpack"),
    "resnet8": Network(("import", DATA / "models/pretrainedResnet_quant.tflite"), True, 120, "xnnpack"),
    "vww": Network(("import", DATA / "models/vww_96_int8.tflite"), True, 300, "xnnpack"),
    "bconv-64-56": Network(("generate", "bconv", "--output", "int8", "--channels", "64", "--size", "56"), True, 0, ""),
    "bconv-256-14": Network(("generate", "bconv", "--output", "float", "--channels", "256", "--size", "14"), True, 0, ""),
    "bconv-1x1-256-14": Network(("generate", "bconv", "--output", "packed", "--channels", "256", "--size", "14", "--kernel", "1"), True, 0, ""),
    "binarize-64-56": Network(("generate", "binarize", "--weights", "int8", "--channels", "64", "--size", "56"), True, 0, ""),
    "quicknet-small": Network(("generate", "quicknet-small", "--size", "224"), True, 0, ""),
    "person_detect": Network(("import", DATA / "models/person_detect.tflite"), True, 300, ""),
}


def peer(name, core):
    """Cycles and cache misses of the peer on a network and a core (None without one): XNNPACK of Debian 12, int8, one thread."""
    network = NETWORKS.get(name)
    if not network or not network.peer:
        return None
    return json.loads((PEERS / f"{network.peer}.json").read_text()).get(name, {}).get(core)


def edgec(*arguments):
    """What edgec prints."""
    program = TOP / "out/host/edgec"
    if not program.exists():
        pricing.fail("out/host/edgec is missing: make build")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        pricing.fail(f"edgec {' '.join(map(str, arguments))} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def layers(model):
    """Name, operator and multiply-accumulates of each step of the plan."""
    return [(layer["name"], layer["operator"], layer["multiplyAccumulates"]) for layer in json.loads(edgec("inspect", model, "--json"))["layers"]]


def build(name):
    """Makes the network's .edge file with edgec, unless it is a file of the repository, and returns its path."""
    make = NETWORKS[name].make
    if isinstance(make, pathlib.Path):
        return make
    MODELS.mkdir(parents=True, exist_ok=True)
    model = MODELS / f"{name}.edge"
    edgec(*make, "-o", model)
    return model
