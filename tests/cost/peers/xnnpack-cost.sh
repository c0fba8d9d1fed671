#!/usr/bin/env bash
# What XNNPACK (Debian's package) costs per inference on the int8 networks of networks.py, by the cost model of this folder:
#   tests/cost/peers/xnnpack-cost.sh [a53|a72|a76]...
# XNNPACK chooses kernels by the core that it finds. Its choice is not always its best one, so each network runs with the kernels for the core and with those for
# a core that it does not know; the cheaper figures of each are written to xnnpack.json beside this script, which the tables take them from.
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
    dot=
    [ "$core" != a76 ] || dot=' atomics fphp asimdhp asimdrdm asimddp'
    for kernels in core generic; do
        # QEMU shows programs the host's /proc/cpuinfo. Part 0 is no core that XNNPACK knows.
        number=${part[$core]}
        [ "$kernels" = core ] || number=0x000
        for i in 0 1 2 3; do
            printf 'processor\t: %d\nFeatures\t: fp asimd crc32%s\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: %s\nCPU revision\t: 4\n\n' \
                "$i" "$dot" "$number"
        done >"$work/cpuinfo"
        for network in mobilenet_v2 mobilenet_v1 resnet8 vww; do
            printf '%-13s %-8s ' "$network" "$kernels"
            unshare -m sh -c "mount --bind '$work/cpuinfo' /proc/cpuinfo && exec python3 '$here/../armcost.py' --cpu $core --top 0 --json '$work/$network.$core.$kernels.json' \
                --less '$work/networks $network 1' -- '$work/networks' $network 2"
        done
    done
done
python3 "$here/record.py" "$here/xnnpack.json" "$work"/*.*.*.json
