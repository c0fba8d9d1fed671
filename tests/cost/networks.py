"""The networks whose cost is followed, and what XNNPACK takes for them on the same measure."""
import os
import pathlib
import subprocess
from typing import NamedTuple

import pricing

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = pathlib.Path(os.environ.get("EDGE_DATA", TOP.parent / "shared" / "data"))
MODELS = pricing.OUT / "models"


class Network(NamedTuple):
    """How an .edge file comes about (a file of the repository, or arguments of edgec before -o), and whether every build checks its cost."""

    make: pathlib.Path | tuple
    checked: bool
    xnnpack: dict  # M cycles per core: XNNPACK of Debian 12, int8, one thread, by this cost model


NETWORKS = {
    "digits-int8": Network(TOP / "deploy/models/digits-int8.edge", True, {}),
    "mobilenet_v2": Network(("import", DATA / "models/mobilenet_v2_quantized_1x3x224x224.tflite"), False, {"a53": 167.8, "a72": 60.0, "a76": 23.1}),
    "mobilenet_v1": Network(("generate", "mobilenet_v1", "--size", "224", "--weights", "int8", "--seed", "1"), False, {"a53": 247.5, "a72": 88.5, "a76": 28.1}),
    "resnet8": Network(("import", DATA / "models/pretrainedResnet_quant.tflite"), True, {"a53": 6.30, "a72": 2.39, "a76": 0.68}),
    "vww": Network(("import", DATA / "models/vww_96_int8.tflite"), True, {"a53": 5.61, "a72": 1.95, "a76": 0.91}),
    "person_detect": Network(("import", DATA / "models/person_detect.tflite"), True, {}),
}


def build(name):
    """Makes the network's .edge file with edgec, unless it is a file of the repository, and returns its path."""
    make = NETWORKS[name].make
    if isinstance(make, pathlib.Path):
        return make
    edgec = TOP / "out/host/edgec"
    if not edgec.exists():
        pricing.fail("out/host/edgec is missing: make build")
    MODELS.mkdir(parents=True, exist_ok=True)
    model = MODELS / f"{name}.edge"
    done = subprocess.run([edgec, *make, "-o", model], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        pricing.fail(f"edgec {' '.join(map(str, make))} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
    return model
