"""Binary layers and networks: multiply-accumulates a cycle against Larq Compute Engine's, and against int8 layers of the same shape."""
import pathlib
from typing import NamedTuple

import networks
from cores import CORES


class Layer(NamedTuple):
    """A binary convolution as edgec generates it, and what its peers take on the same measure."""

    channels: int
    size: int
    kernel: int
    lce: dict  # output -> multiply-accumulates a cycle on a53, a72, a76: the best of Larq Compute Engine's two paths

    @property
    def title(self):
        """3x3 256@14."""
        return f"{self.kernel}x{self.kernel} {self.channels}@{self.size}"

    @property
    def macs(self):
        """Multiply-accumulates."""
        return self.channels**2 * self.kernel**2 * self.size**2


# Larq Compute Engine's kernels rebuilt alone and priced by this model; its outputs are float and bits.
LAYERS = [
    Layer(64, 56, 3, {"float": (19.6, 63.9, 61.5), "packed": (13.5, 52.5, 55.6)}),
    Layer(128, 28, 3, {"float": (27.4, 74.1, 77.6), "packed": (20.7, 72.3, 75.1)}),
    Layer(256, 14, 3, {"float": (27.3, 76.6, 79.2), "packed": (23.1, 79.2, 80.8)}),
    Layer(512, 7, 3, {"float": (27.3, 76.1, 77.6), "packed": (22.6, 77.6, 78.1)}),
    Layer(256, 14, 1, {"float": (17.1, 47.6, 55.8), "packed": (17.4, 58.4, 64.2)}),
]
OUTPUTS = ("packed", "int8", "float")
# Reported for a Raspberry Pi 4 at 1.5 GHz, one thread (Larq Compute Engine's README), milliseconds.
QUICKNETS = {"quicknet-small": 27.7, "quicknet-standard": 45.0, "quicknet-large": 77.0}
PI4_GHZ = 1.5


def model(name, *arguments):
    """Generates a network or layer and returns its file."""
    networks.MODELS.mkdir(parents=True, exist_ok=True)
    path = networks.MODELS / f"{name}.edge"
    networks.edgec("generate", *map(str, arguments), "-o", path)
    return path


def layer_model(layer, output):
    """The file of one binary layer."""
    return model(f"bconv-{output}-{layer.kernel}x{layer.kernel}-{layer.channels}-{layer.size}", "bconv", "--output", output,
                 "--channels", layer.channels, "--size", layer.size, "--kernel", layer.kernel)


def row(*cells):
    """A line of a Markdown table."""
    return "| " + " | ".join(str(c) for c in cells) + " |"


def heading(*cells):
    """The head of a Markdown table."""
    return [row(*cells), row(*["---"] + ["---:"] * (len(cells) - 1))]


def single_layers(measure_all, cores):
    """Multiply-accumulates a cycle of whole layers, and L1D misses."""
    models = [(layer, output, layer_model(layer, output)) for layer in LAYERS for output in OUTPUTS]
    results = measure_all([path for _, _, path in models], cores)
    lines = heading("layer", "output", *[f"{core}" for core in cores], *[f"LCE {core}" for core in cores], *[f"L1D misses {core}, k" for core in cores])
    for layer, output, path in models:
        ours = [results[path.stem, core] for core in cores]
        theirs = layer.lce.get(output)
        lines.append(row(layer.title, output, *[f"{layer.macs / r['cycles']:.1f}" for r in ours],
                         *[theirs[list(CORES).index(core)] if theirs else "" for core in cores], *[f"{r['l1_misses'] / 1e3:.1f}" for r in ours]))
    return lines


def against_int8(measure_all, cores):
    """The same shapes binary and int8: cycles and bytes."""
    lines = heading("layer", *[f"binary {core}, k cycles" for core in cores], *[f"int8 {core}, k cycles" for core in cores], *[f"ratio {core}" for core in cores], "bytes of the file: binary", "int8")
    for layer in LAYERS:
        binary = layer_model(layer, "packed")
        int8 = model(f"conv2d-int8-{layer.kernel}x{layer.kernel}-{layer.channels}-{layer.size}", "conv2d", "--channels", layer.channels, "--size", layer.size, "--kernel", layer.kernel)
        results = measure_all([binary, int8], cores)
        b, i = ([results[p.stem, core]["cycles"] for core in cores] for p in (binary, int8))
        lines.append(row(layer.title, *[f"{c / 1e3:.0f}" for c in b], *[f"{c / 1e3:.0f}" for c in i], *[f"{x / y:.1f}" for x, y in zip(i, b)],
                         f"{binary.stat().st_size:,}", f"{int8.stat().st_size:,}"))
    return lines


def quicknets(measure_all, cores):
    """Whole networks against the times that Larq reports, and where the time goes."""
    models = {name: model(name, name, "--size", 224) for name in QUICKNETS}
    results = measure_all(list(models.values()), cores)
    lines = heading("network", "bytes", *[f"{core}, M cycles" for core in cores], *[f"{core}, ms at {CORES[core].ghz} GHz" for core in cores],
                    f"a72, ms at {PI4_GHZ} GHz", "LCE reports, ms", "binary layers a72", "others a72")
    for name, path in models.items():
        ours = [results[path.stem, core] for core in cores]
        pi4 = shares = others = ""
        if "a72" in cores:
            r = results[path.stem, "a72"]
            pi4 = f"{CORES['a72'].milliseconds(r['cycles'], r['l2_misses'], PI4_GHZ):.1f}"
            operators = networks.layers(path)
            binary = sum(s["cycles"] for s in r["steps"] if 0 <= s["step"] < len(operators) and operators[s["step"]][1] in ("BinaryConv2D", "Binarize"))
            shares, others = f"{100 * binary / r['cycles']:.0f} %", f"{100 - 100 * binary / r['cycles']:.0f} %"
        lines.append(row(name, f"{path.stat().st_size:,}", *[f"{r['cycles'] / 1e6:.1f}" for r in ours], *[f"{r['ms']:.1f}" for r in ours], pi4, QUICKNETS[name], shares, others))
    return lines


def report(measure_all, cores, parts):
    """The whole page as lines of Markdown."""
    sections = {
        "layers": ("Whole layers, output transform included: binary multiply-accumulates a cycle",
                   "3x3, stride 1, border of +1, activations already packed. LCE is Larq Compute Engine on the same model, the best of its two paths; it has no int8 output here.", single_layers),
        "int8": ("Binary against int8", "The same shapes as int8 convolutions with this runtime's kernels, per-channel weights; binary layers with packed output.", against_int8),
        "networks": ("QuickNet", "Random weights, 224 x 224, real parts int8. The last columns say how much of the cycles on a72 binary layers and binarization take.", quicknets),
    }
    lines = []
    for key, (title, text, make) in sections.items():
        if key in parts:
            lines += [f"## {title}", "", text, "", *make(measure_all, cores), ""]
    return lines


HEADER = """# Binary layers and networks, measured

Made by `make cost-binary`; do not edit. One thread, modelled cycles: [tests/cost](../tests/cost/README.md) tells what that means and how far it can be trusted.
a53 is a Raspberry Pi 3, a72 a Pi 4, a76 a Pi 5. The cores' limits for exclusive or, population count and addition, loads aside, are 42.6, 85.2 and 85.3 multiply-accumulates a cycle.
"""


def write(path, lines):
    """Writes the page whole or not at all."""
    target = pathlib.Path(path)
    temporary = target.with_suffix(".new")
    temporary.write_text(HEADER + "\n" + "\n".join(lines).rstrip() + "\n")
    temporary.replace(target)
    print(f"wrote {path}")


def run(a, measure_all):
    """The verb: prints the tables, and writes the page where asked for."""
    lines = report(measure_all, a.core or list(CORES), a.part or ["layers", "int8", "networks"])
    print("\n".join(lines))
    if a.write:
        write(a.write, lines)
