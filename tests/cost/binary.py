"""Binary layers and networks against Larq Compute Engine's, and against int8 and float32 ones of the same shape."""
import functools
import pathlib
from typing import NamedTuple

import networks
from cores import CORES
from log import Log


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
FORMS = ("binary", "int8", "float")
BINARY = ("BinaryConv2D", "BinaryDepthwiseConv2D", "BinaryFullyConnected", "Binarize", "BinaryMaxPool2D")
# Networks that have the three forms, the side of their pictures (at 224 x 224 pricing the float form would take an hour), and the network that they imitate.
NETWORKS = {"ResNet-18-like": ("binary-resnet-18", 32, "resnet-18"), "ResNet-8-like": ("binary-resnet-8", 32, "resnet-8"), "QuickNet-like": ("quicknet", 64, None)}
FULLY_CONNECTED = [(4096, 4096), (1024, 1024), (784, 4096), (4096, 10)]
DEPTHWISE = [(128, 28)]
BINARIZED = [(64, 56), (128, 28), (256, 14)]
# Larq Compute Engine's packing on the same model, thousands of cycles on a72.
LCE_BINARIZE = {(64, 56, "float"): 95, (64, 56, "int8"): 37}
BOARDS = {"a53": "Raspberry Pi 3 (a53)", "a72": "Raspberry Pi 4 (a72)", "a76": "Raspberry Pi 5 (a76)"}
# Reported for a Raspberry Pi 4 at 1.5 GHz, one thread (Larq Compute Engine's README), milliseconds.
QUICKNETS = {"quicknet-small": 27.7, "quicknet-standard": 45.0, "quicknet-large": 77.0}
PI4_GHZ = 1.5
PARTS = ("layers", "real", "forms", "claims", "weights", "depthwise", "binarize", "networks")


@functools.cache
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


def layer_forms(layer):
    """The files of a layer shape: binary with packed output, int8 and float32."""
    shape = ("--channels", layer.channels, "--size", layer.size, "--kernel", layer.kernel)
    name = f"{layer.kernel}x{layer.kernel}-{layer.channels}-{layer.size}"
    return {"binary": layer_model(layer, "packed"), **{form: model(f"conv2d-{form}-{name}", "conv2d", "--weights", form, *shape) for form in ("int8", "float")}}


def against_real(measure_all, cores):
    """The same shapes binary, int8 and float32: cycles, times and bytes."""
    lines = heading("layer", "core", *[f"{form}, k cycles" for form in FORMS], *[f"{form}, ms" for form in FORMS], "int8 / binary", "float / binary", *[f"{form}, bytes" for form in FORMS])
    for layer in LAYERS:
        files = layer_forms(layer)
        results = measure_all(list(files.values()), cores)
        for core in cores:
            lines.append(row(layer.title, core, *three(files, results, core, lambda r: f"{r['cycles'] / 1e3:.0f}"), *three(files, results, core, lambda r: f"{r['ms']:.2f}"),
                             *ratios(files, results, core), *sizes(files)))
    return lines


def three(files, results, core, text):
    """A cell for each form."""
    return [text(results[files[form].stem, core]) for form in FORMS]


def ratios(files, results, core):
    """How many times as long as the binary form the others take, by calibrated time."""
    binary = results[files["binary"].stem, core]["ms"]
    return [f"{results[files[form].stem, core]['ms'] / binary:.1f}" for form in FORMS[1:]]


def sizes(files):
    """Bytes of the files."""
    return [f"{files[form].stat().st_size:,}" for form in FORMS]


def whole_networks(measure_all, cores):
    """Networks of one shape in three forms, and where the binary one's time goes."""
    lines = heading("network", "core", *[f"{form}, M cycles" for form in FORMS], *[f"{form}, ms" for form in FORMS], "int8 / binary", "float / binary", *[f"{form}, bytes" for form in FORMS],
                    "binary layers", "real layers", "others", "plain network, int8, ms")
    for name, (network, size, _) in NETWORKS.items():
        files = network_forms(name)
        plain = plain_network(name)
        results = measure_all([*files.values(), *([plain] if plain else [])], cores)
        for core in cores:
            lines.append(row(f"{name}, {size} x {size}", core, *three(files, results, core, lambda r: f"{r['cycles'] / 1e6:.2f}"), *three(files, results, core, lambda r: f"{r['ms']:.2f}"),
                             *ratios(files, results, core), *sizes(files), *shares(files["binary"], results[files["binary"].stem, core]),
                             f"{results[plain.stem, core]['ms']:.2f}" if plain else ""))
    return lines


def network_forms(name):
    """The files of a network's three forms."""
    network, size, _ = NETWORKS[name]
    return {form: model(f"{network}-{size}-{form}", network, "--size", size, "--weights", form) for form in FORMS}


def plain_network(name):
    """The file of the network that a binary one imitates, in int8, or None."""
    _, size, plain = NETWORKS[name]
    return model(f"{plain}-{size}-int8", plain, "--size", size, "--weights", "int8") if plain else None


def shares(path, result):
    """Shares of a result's cycles in binary layers, in real convolutions and fully connected layers, and in what is left."""
    kinds = steps_by_operator(path, result)
    binary = sum(kinds.get(kind, 0) for kind in BINARY)
    real = sum(kinds.get(kind, 0) for kind in ("Conv2D", "DepthwiseConv2D", "FullyConnected"))
    return [f"{100 * part / result['cycles']:.0f} %" for part in (binary, real, result["cycles"] - binary - real)]


def steps_by_operator(path, result):
    """Cycles of the steps of each operator."""
    operators = networks.layers(path)
    steps = sum(s["step"] >= 0 for s in result["steps"])
    # A reshape whose output lies where its input does is not run.
    operators = operators if len(operators) == steps else [o for o in operators if o[1] != "Reshape"]
    kinds = {}
    for s in result["steps"]:
        if 0 <= s["step"] < len(operators):
            kinds[operators[s["step"]][1]] = kinds.get(operators[s["step"]][1], 0) + s["cycles"]
    return kinds


def one_bit_weights(measure_all, cores):
    """Fully connected layers of int8 activations with weights of a bit and of int8."""
    lines = heading("layer", "core", "bits, k cycles", "int8, k cycles", "bits, ms", "int8, ms", "int8 / bits", "bits, bytes", "int8, bytes")
    for inputs, outputs in FULLY_CONNECTED:
        files = {form: model(f"fc-{form}-{inputs}-{outputs}", "fully-connected", "--weights", form, "--channels", inputs, "--out-channels", outputs) for form in ("binary", "int8")}
        results = measure_all(list(files.values()), cores)
        for core in cores:
            bits, int8 = (results[f.stem, core] for f in files.values())
            lines.append(row(f"{inputs} to {outputs}", core, f"{bits['cycles'] / 1e3:.0f}", f"{int8['cycles'] / 1e3:.0f}", f"{bits['ms']:.3f}", f"{int8['ms']:.3f}",
                             f"{int8['ms'] / bits['ms']:.1f}", *[f"{f.stat().st_size:,}" for f in files.values()]))
    return lines


def depthwise(measure_all, cores):
    """Binary depthwise layers beside int8 ones."""
    lines = heading("layer", "output", *[f"binary {core}, k cycles" for core in cores], *[f"int8 {core}, k cycles" for core in cores])
    for channels, size in DEPTHWISE:
        shape = ("--channels", channels, "--size", size)
        int8 = model(f"depthwise-int8-{channels}-{size}", "depthwise", "--weights", "int8", *shape)
        for output in OUTPUTS:
            binary = model(f"bdepthwise-{output}-{channels}-{size}", "bdepthwise", "--output", output, *shape)
            results = measure_all([binary, int8], cores)
            lines.append(row(f"3x3 {channels}@{size}", output, *[f"{results[f.stem, core]['cycles'] / 1e3:.0f}" for f in (binary, int8) for core in cores]))
    return lines


def binarize(measure_all, cores):
    """Making signs of a map of int8 and of float32."""
    lines = heading("map", "from", *[f"{core}, k cycles" for core in cores], *[f"{core}, values a cycle" for core in cores], "LCE a72, k cycles")
    for channels, size in BINARIZED:
        for form in ("int8", "float"):
            path = model(f"binarize-{form}-{channels}-{size}", "binarize", "--weights", form, "--channels", channels, "--size", size)
            results = measure_all([path], cores)
            cycles = [results[path.stem, core]["cycles"] for core in cores]
            lines.append(row(f"{channels}@{size}", form, *[f"{c / 1e3:.1f}" for c in cycles], *[f"{channels * size * size / c:.1f}" for c in cycles],
                             LCE_BINARIZE.get((channels, size, form), "")))
    return lines


def claims(measure_all, cores):
    """What is left of the papers' figures, in sentences made of ours."""
    forms = {layer.title: layer_forms(layer) for layer in LAYERS}
    files = [f for of_layer in forms.values() for f in of_layer.values()]
    results = measure_all(files, cores)
    whole = {name: network_forms(name) for name in NETWORKS}
    plain = {name: file for name in NETWORKS if (file := plain_network(name))}
    of_networks = measure_all([*[f for of_network in whole.values() for f in of_network.values()], *plain.values()], cores)

    def reach(of, results, core, form):
        found = [results[f[form].stem, core]["ms"] / results[f["binary"].stem, core]["ms"] for f in of.values()]
        return f"{min(found):.1f} to {max(found):.1f}"

    bytes_of = {form: [f[form].stat().st_size / f["binary"].stat().st_size for f in forms.values()] for form in ("int8", "float")}
    network_bytes = [f["float"].stat().st_size / f["binary"].stat().st_size for f in whole.values()]
    lines = [
        f"* **32 times less memory** is what the weights alone take. Files of single layers, with thresholds and headers, are {min(bytes_of['float']):.1f} to {max(bytes_of['float']):.1f} times smaller than float32 ones"
        f" ({min(bytes_of['int8']):.1f} to {max(bytes_of['int8']):.1f} times smaller than int8 ones): the larger the layer, the nearer to the claim. Whole networks, whose first and last layers stay real,"
        f" are {min(network_bytes):.1f} to {max(network_bytes):.1f} times smaller.",
        "* **23 times as fast** (BNN, a GPU kernel against an unoptimised one) and **58 times** (XNOR-Net, operations counted) compare with float32. With output transform, by calibrated time, against this runtime's own float32 and int8 kernels:",
    ]
    for core in cores:
        lines.append(f"  * {BOARDS[core]}: single layers {reach(forms, results, core, 'float')} times as fast as float32 and {reach(forms, results, core, 'int8')} times as fast as int8;"
                     f" whole networks {reach(whole, of_networks, core, 'float')} and {reach(whole, of_networks, core, 'int8')} times.")

    def beside(name, file):
        return ", ".join(f"{of_networks[file.stem, core]['ms'] / of_networks[whole[name]['binary'].stem, core]['ms']:.1f} ({core})" for core in cores)

    lines.append("* Those networks were made for signs: a shortcut around every convolution, parametric ReLU. Beside the int8 form of the plain network that they imitate, which has none of these, they are "
                 + "; ".join(f"{name}: {beside(name, file)}" for name, file in plain.items()) + " times as fast. With 16 to 64 channels, which do not fill the words, binary layers gain little or lose.")
    lines.append("* What is missing to 58 in layers: a vector instruction multiplies 4 floats but compares 128 signs, and these must be counted and added, three instructions where float32 has one. What is missing in networks:"
                 " real first and last layers, streams and shortcuts, which the table of networks lists.")
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
            kinds = steps_by_operator(path, r)
            binary = sum(kinds.get(kind, 0) for kind in BINARY)
            shares, others = f"{100 * binary / r['cycles']:.0f} %", f"{100 - 100 * binary / r['cycles']:.0f} %"
        lines.append(row(name, f"{path.stat().st_size:,}", *[f"{r['cycles'] / 1e6:.1f}" for r in ours], *[f"{r['ms']:.1f}" for r in ours], pi4, QUICKNETS[name], shares, others))
    return lines


def report(measure_all, cores, parts):
    """The whole page as lines of Markdown."""
    sections = {
        "layers": ("Whole layers, output transform included: binary multiply-accumulates a cycle",
                   "3x3, stride 1, border of +1, activations already packed. LCE is Larq Compute Engine on the same model, the best of its two paths; it has no int8 output here.", single_layers),
        "real": ("Binary against int8 and float32", "The same shapes as convolutions of this runtime's int8 and float32 kernels; binary layers with packed input and output. Times are calibrated, at the boards' clocks.", against_real),
        "forms": ("Networks in three forms", "One shape with binary, int8 and float32 weights and activations, random weights, this runtime's kernels. In the binary form first and last layer and the residual stream are float32. Shares are those of"
                  " the binary form's cycles: binary layers with their binarization and packed pools; real convolutions and fully connected layers; shortcuts and all else. The last column is the network that is"
                  " imitated, without what binary ones need (shortcuts around every convolution, parametric ReLU).", whole_networks),
        "claims": ("What is left of the claims", "", claims),
        "weights": ("Weights of a bit, activations of int8", "Fully connected layers of one row, where bits are looked up in tables (docs/binary.md), beside int8 weights. Caches are warm; what does not fit them comes from memory.", one_bit_weights),
        "depthwise": ("Depthwise layers", "Beside the int8 layer of the same shape. Packed output never takes a count apart; int8 and float32 outputs do.", depthwise),
        "binarize": ("Binarization", "Signs with a threshold per channel, packed.", binarize),
        "networks": ("QuickNet", "Random weights, 224 x 224, real parts int8. The last columns say how much of the cycles on a72 binary layers and binarization take.", quicknets),
    }
    lines = []
    for key, (title, text, make) in sections.items():
        if key in parts:
            lines += [f"## {title}", "", *([text, ""] if text else []), *make(measure_all, cores), ""]
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
    """The verb: prints the tables, and writes the page and its log where asked for."""
    log = Log(measure_all, pathlib.Path(a.write).with_suffix(".json") if a.write else networks.MODELS.parent / "binary.json", a.keep)
    lines = report(log, a.core or list(CORES), a.part or PARTS)
    print("\n".join(lines))
    log.write()
    if a.write and not a.core:
        write(a.write, lines)
