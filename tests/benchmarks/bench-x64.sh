#!/usr/bin/env bash
# Times the int8 networks of the training tool on this PC, side by side with ONNX Runtime in one process, one thread each, and here on two threads:
#   tests/benchmarks/bench-x64.sh [options of the program, such as --rounds 500 or --json FILE] [MODEL.edge...]
# The models, unless given, have random weights (edgec generate). A quiet machine gives steadier figures; the least time of each variant counts.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top"
models=out/bench
mkdir -p "$models"
dotnet build tests/benchmarks -c Release -nologo -v quiet -clp:NoSummary
given=false
for argument in "$@"; do
    case $argument in *.edge) given=true ;; esac
done
if ! $given; then
    generate() {
        local name=$1
        shift
        out/host/edgec generate "$@" --weights int8 --seed 1 -o "$models/$name.edge" >/dev/null
        set_of_models+=("$models/$name.edge")
    }
    set_of_models=()
    generate mobilenet_v2 mobilenet_v2 --size 224
    generate mobilenet_v1 mobilenet_v1 --size 224
    generate mobilenet_96 mobilenet_v1 --size 96 --width 0.25 --classes 2
    generate resnet8 resnet_8 --size 32
    set -- "$@" "${set_of_models[@]}"
fi
exec tests/benchmarks/bin/Release/net10.0/EdgeRuntime.Benchmarks "$@"
