#!/usr/bin/env bash
# What XNNPACK (Debian's package) costs per inference on the int8 networks of networks.py, by the cost model of this folder:
#   tests/cost/peers/xnnpack-cost.sh [a53|a72|a76]...
# Needs root, for a mount of its own over /proc/cpuinfo, and beside what deploy/setup.sh cost installs:
#   apt-get install gcc-aarch64-linux-gnu libxnnpack-dev:arm64 libpthreadpool-dev:arm64
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
aarch64-linux-gnu-gcc -O2 -idirafter /usr/include -c "$here/xnnpack_int8.c" -o "$work/networks.o"
aarch64-linux-gnu-gcc "$work/networks.o" -o "$work/networks" /usr/lib/aarch64-linux-gnu/libXNNPACK.so \
    -Wl,--unresolved-symbols=ignore-in-shared-libs -Wl,-rpath-link,/usr/lib/aarch64-linux-gnu
declare -A part=([a53]=0xd03 [a72]=0xd08 [a76]=0xd0b)
for core in "${@:-a72}"; do
    # XNNPACK chooses kernels by the core that /proc/cpuinfo names, and QEMU shows it the host's.
    dot=
    [ "$core" != a76 ] || dot=' atomics fphp asimdhp asimdrdm asimddp'
    for i in 0 1 2 3; do
        printf 'processor\t: %d\nFeatures\t: fp asimd crc32%s\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: %s\nCPU revision\t: 4\n\n' \
            "$i" "$dot" "${part[$core]}"
    done >"$work/cpuinfo"
    for network in mobilenet_v2 mobilenet_v1 resnet8 vww; do
        printf '%-13s ' "$network"
        unshare -m sh -c "mount --bind '$work/cpuinfo' /proc/cpuinfo && exec python3 '$here/../armcost.py' --cpu $core --top 0 --less '$work/networks $network 1' -- '$work/networks' $network 2"
    done
done
