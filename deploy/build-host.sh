#!/usr/bin/env bash
# Builds programs for this PC and leaves them in out/host: build-host.sh [edged|edgec]...   (without a name: both)
# out/host/NAME is a link to out/host/lib/NAME/NAME, which has the program's libraries beside it.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

declare -A project=([edged]=runtime/edged [edgec]=firmware-tools/edgec)
[ $# -gt 0 ] || set -- edged edgec
for name in "$@"; do
    if [ -z "${project[$name]:-}" ]; then
        echo "build-host: '$name' is not one of: edged edgec" >&2
        exit 2
    fi
    dotnet build "${project[$name]}" -c Release -nologo -v quiet -clp:NoSummary
    built=$(dotnet msbuild "${project[$name]}" -p:Configuration=Release -getProperty:TargetDir)
    lib=out/host/lib/$name
    mkdir -p out/host/lib
    rm -rf "$lib.new"
    # Hard links: the tools' libraries are half a gigabyte. Another file system gets copies.
    cp -al "$built" "$lib.new" 2>/dev/null || { rm -rf "$lib.new"; cp -a "$built" "$lib.new"; }
    rm -rf "$lib"
    mv "$lib.new" "$lib"
    ln -sfn "lib/$name/$name" "out/host/$name"
done
