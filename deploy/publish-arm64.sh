#!/usr/bin/env bash
# Compiles edged for the boards (NativeAOT, linux-arm64).
#   publish-arm64.sh              out/arm64/edged, stripped: what is shipped
#   publish-arm64.sh --symbols    out/arm64-symbols/edged, with its symbol table, for profilers and the cost model
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

target=out/arm64
options=()
case ${1:-} in
    '') ;;
    --symbols) target=out/arm64-symbols; options=(-p:StripSymbols=false) ;;
    *) echo "publish-arm64: unknown option '$1'" >&2; exit 2 ;;
esac

# Its own intermediate folder, so that builds for the PC and for the board do not undo each other's.
objects=$top/out/obj/${target#out/}
published=$objects/edged
# A program whose stripping was interrupted would otherwise count as up to date.
rm -rf "$published" "$objects/bin/edged/release_linux-arm64/native"
dotnet publish runtime/edged -c Release -r linux-arm64 -o "$published" -nologo -v quiet -clp:NoSummary \
    -p:ObjCopyName=aarch64-linux-gnu-objcopy \
    -p:UseArtifactsOutput=true -p:ArtifactsPath="$objects" "${options[@]}"
rm -rf "$target.new"
mkdir -p "$target.new"
mv "$published/edged" "$target.new/"
# Native libraries of packages, if any, belong beside the program; debug symbols and XML docs do not.
find "$published" -name '*.so' -exec mv {} "$target.new/" \;
rm -rf "$target"
mv "$target.new" "$target"
