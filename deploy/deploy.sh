#!/usr/bin/env bash
# Brings EdgeRuntime onto boards and sees it running, or puts back what was there:
#   deploy/deploy.sh USER@HOST... [--model m.edge] [--config c.json] [--no-build] [--timeout SECONDS] [--ssh-option OPTION]...
# Cross-compiles, builds the package, copies it, installs or upgrades it, restarts the service and waits for its first prediction (the service
# reports itself ready only then). If that does not come, the former package, model and configuration are put back. Several boards are
# served at the same time. The user is root or may use sudo without a password. Exit code: 0 when every board runs, else 1; 2 for wrong options.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
wrong() { echo "deploy: $1" >&2; exit 2; }

hosts=() ssh_options=(-o BatchMode=yes -o ConnectTimeout=15)
model='' config='' build=true timeout=60
while [ $# -gt 0 ]; do
    case $1 in
        --no-build) build=false ;;
        --model | --config | --timeout | --ssh-option)
            [ $# -gt 1 ] || wrong "$1 needs a value"
            case $1 in
                --model) model=$2 ;;
                --config) config=$2 ;;
                --timeout) timeout=$2 ;;
                --ssh-option) ssh_options+=(-o "$2") ;;
            esac
            shift ;;
        -*) wrong "unknown option $1; deploy/deploy.sh without arguments tells which there are" ;;
        *) [[ " ${hosts[*]} " == *" $1 "* ]] || hosts+=("$1") ;;
    esac
    shift
done
[ ${#hosts[@]} -gt 0 ] || usage
[[ $timeout =~ ^[1-9][0-9]{0,3}$ ]] || wrong "the timeout '$timeout' is not within 1 to 9999 seconds"
for file in "$model" "$config"; do
    if [ -n "$file" ] && ! { [ -f "$file" ] && [ -r "$file" ]; }; then wrong "cannot read $file"; fi
done

if $build; then
    make -C "$top" package
fi
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$top/Directory.Build.props")
deb=$top/out/edge-runtime_${version}_arm64.deb
archive=$top/out/edge-runtime-$version-arm64.tar.gz
for file in "$deb" "$archive"; do
    [ -r "$file" ] || { echo "deploy: $file is missing; run 'make package'" >&2; exit 1; }
done

# One board: everything goes to a folder of its own there, then one script installs it.
deploy_to() {
    local host=$1 folder files=("$deb" "$archive" "$top/deploy/remote-install.sh")
    folder=$(ssh "${ssh_options[@]}" "$host" 'mktemp -d /tmp/edge-runtime.XXXXXX') || { echo 'cannot be reached by ssh'; return 1; }
    local arguments="--timeout $timeout"
    if [ -n "$model" ]; then files+=("$model"); arguments+=" --model '$folder/$(basename "$model")'"; fi
    if [ -n "$config" ]; then
        files+=("$config")
        arguments+=" --config '$folder/$(basename "$config")'"
    fi
    scp -q "${ssh_options[@]}" "${files[@]}" "$host:$folder/" || { echo 'copying failed'; return 1; }
    local result=0
    # The folder's name comes from the board and is to be used there.
    # shellcheck disable=SC2029
    ssh "${ssh_options[@]}" "$host" "sh '$folder/remote-install.sh' $arguments; code=\$?; rm -rf '$folder'; exit \$code" || result=$?
    return "$result"
}

declare -A jobs=()
for host in "${hosts[@]}"; do
    (set -o pipefail; deploy_to "$host" 2>&1 | sed -u "s/^/[$host] /") &
    jobs[$host]=$!
done
failed=()
for host in "${hosts[@]}"; do
    wait "${jobs[$host]}" || failed+=("$host")
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "deploy: failed on ${failed[*]}" >&2
    exit 1
fi
echo "deploy: ${#hosts[@]} of ${#hosts[@]} boards run edge-runtime $version"
