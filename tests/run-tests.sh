#!/usr/bin/env bash
# Every check of the project: build, formatting, shell scripts, all test projects on x64, and those that matter on the
# board on three emulated cores. Ends with one line "N passed, N failed, N skipped"; reports and logs are in out/tests.
# With CI=true a skipped test is a failure.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

# Test projects whose code runs on the board.
board_projects=(EdgeRuntime.Tests EdgeRuntime.Camera.Tests EdgeRuntime.Compression.Tests edged.Tests)
cores=(cortex-a53 cortex-a72 cortex-a76)
# No run takes a quarter of this; a hung test must not hang the build.
readonly RUN_LIMIT=30m
export PYTHONDONTWRITEBYTECODE=1
results=$top/out/tests
rm -rf "$results"
mkdir -p "$results"
started=$SECONDS
elapsed() { printf '%d:%02d' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }

# A step that is not a test program: a line in checks.tsv, and its log when it fails. Exit code 77 says that it was skipped; its last line says why.
check() {
    local name=$1 log=$results/check-$1.log code=0
    shift
    "$@" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" = 0 ]; then
        printf '%s %-40s passed\n' "$(elapsed)" "$name"
        printf '%s\tpassed\n' "$name" >>"$results/checks.tsv"
    elif [ "$code" = 77 ]; then
        printf '%s %-40s skipped\n' "$(elapsed)" "$name"
        printf '%s\tskipped: %s\n' "$name" "$(tail -n 1 "$log")" >>"$results/checks.tsv"
    else
        printf '%s %-40s FAILED\n' "$(elapsed)" "$name"
        tail -n 60 "$log"
        printf '%s\tfailed\n' "$name" >>"$results/checks.tsv"
        return 1
    fi
}

run_project() {
    local project=$1 core=$2 code=0 log=$results/$1.$2.log
    timeout --kill-after=20s "$RUN_LIMIT" tests/run-project.sh --no-build "$project" "$core" >"$log" 2>&1 </dev/null || code=$?
    printf '%s\t%s\n' "$project.$core" "$code" >>"$results/runs.tsv"
    if [ "$code" = 0 ]; then
        printf '%s %-40s passed\n' "$(elapsed)" "$project on $core"
    else
        printf '%s %-40s FAILED (exit code %s)\n' "$(elapsed)" "$project on $core" "$code"
        tail -n 60 "$log"
    fi
}

shell_scripts() {
    local files=()
    mapfile -d '' files < <(find . \( -name out -o -name bin -o -name obj -o -name .git \) -prune -o -name '*.sh' -print0)
    shellcheck "${files[@]}" .ci/run
}

has_tests() { [ -n "$(find "tests/$1" -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]; }

build_for_boards() {
    local project
    for project in "$@"; do
        EDGE_TEST_ONLY_BUILD=1 tests/run-project.sh "$project" cortex-a53
    done
}

projects=()
for folder in tests/*/*.Tests.csproj; do
    project=$(basename "$(dirname "$folder")")
    if has_tests "$project"; then projects+=("$project"); fi
done
emulated=()
for project in "${board_projects[@]}"; do
    if has_tests "$project"; then emulated+=("$project"); fi
done

: >"$results/runs.tsv"
if check build dotnet build EdgeRuntime.sln -c Release -nologo -v quiet -clp:NoSummary; then
    check programs-for-the-pc deploy/build-host.sh || true
    check program-for-the-board deploy/publish-arm64.sh || true
    check format dotnet format EdgeRuntime.sln --no-restore --verify-no-changes || true
    check shellcheck shell_scripts || true
    check setup-script tests/setup/setup-test.sh || true
    check deploy-script tests/setup/deploy-test.sh || true
    check cost-model tests/cost/test_cost.py || true
    if check program-with-symbols deploy/publish-arm64.sh --symbols; then
        check code-of-kernels tests/cost/kernels.py || true
        check cost-of-networks tests/cost/cost.py check || true
    fi
    for project in "${projects[@]}"; do run_project "$project" host; done
    if check build-for-emulated-cores build_for_boards "${emulated[@]}"; then
        # Two at a time; the order keeps the long project from being last.
        running=0
        for project in "${emulated[@]}"; do
            for core in "${cores[@]}"; do
                if [ "$running" -ge 2 ]; then wait -n; running=$((running - 1)); fi
                run_project "$project" "$core" &
                running=$((running + 1))
            done
        done
        wait
    fi
fi
echo "$(elapsed) done"
exec python3 tests/summary.py "$results"
