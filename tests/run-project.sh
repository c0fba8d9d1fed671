#!/usr/bin/env bash
# Runs one test project on one core:
#   tests/run-project.sh [--no-build] PROJECT CORE [options of the test program]
# CORE is host (x64) or one that QEMU emulates: cortex-a53 (Pi 3), cortex-a72 (Pi 4), cortex-a76 (Pi 5). Example:
#   tests/run-project.sh EdgeRuntime.Tests cortex-a53 --filter-method '*Dot_product*'
# Emulated cores leave out tests with the trait Category=Long (too slow there) or Category=Host (about the PC), unless options
# are given.
# The machine-readable report is out/tests/PROJECT.CORE.json.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

build=true
if [ "${1:-}" = --no-build ]; then build=false; shift; fi
if [ $# -lt 2 ]; then sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
project=$1 core=$2
shift 2
[ -d "tests/$project" ] || { echo "run-project: there is no tests/$project" >&2; exit 2; }

: "${EDGE_DATA:=$top/../shared/data}"
export EDGE_DATA
arm64=$top/out/obj/arm64-tests
case $core in
    host)
        if $build; then dotnet build "tests/$project" -c Release -nologo -v quiet -clp:NoSummary; fi
        run=("$(dotnet msbuild "tests/$project" -p:Configuration=Release -getProperty:TargetDir)$project")
        ;;
    cortex-a53 | cortex-a72 | cortex-a76)
        # A self-contained build with the JIT: its own folder, so that it and the host's build do not undo each other.
        if $build; then
            dotnet build "tests/$project" -c Release -r linux-arm64 --self-contained -nologo -v quiet -clp:NoSummary \
                -p:UseArtifactsOutput=true -p:ArtifactsPath="$arm64"
        fi
        run=(qemu-aarch64 -cpu "$core" "$arm64/bin/$project/release_linux-arm64/$project")
        export EDGE_TEST_CORE=$core
        # QEMU keeps its translation of code that is rewritten through a second mapping of the same page, which is how the
        # JIT does it by default: new code at a reused address would then run as the old.
        export DOTNET_EnableWriteXorExecute=0
        # Kernels are loops: compile them optimised at once.
        export DOTNET_TC_QuickJitForLoops=0
        [ $# -gt 0 ] || set -- --filter-not-trait Category=Long --filter-not-trait Category=Host
        ;;
    *) echo "run-project: '$core' is not one of: host cortex-a53 cortex-a72 cortex-a76" >&2; exit 2 ;;
esac

if [ -n "${EDGE_TEST_ONLY_BUILD:-}" ]; then exit 0; fi
mkdir -p out/tests
rm -f "out/tests/$project.$core.json"
exec "${run[@]}" --no-ansi --progress off --results-directory "$top/out/tests" \
    --report-xunit-ctrf --report-xunit-ctrf-filename "$project.$core.json" "$@"
