#!/usr/bin/env bash
# Installs what the make targets need and this machine lacks, and says what and why.
#   deploy/setup.sh [build|run|publish|package|test|cost|vm]...     (without a name: all of them)
#   deploy/setup.sh --check NAME...                      only says what is missing; exit code 1 when something is
# Made for Debian 12 on x86-64, as root or as a user with sudo. Where nothing is missing it asks nothing of anybody.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The address of .NET's official downloads, and the folder a new SDK goes to; tests point both elsewhere.
feed=${EDGE_DOTNET_FEED:-https://builds.dotnet.microsoft.com/dotnet}
new_dotnet_root=${EDGE_DOTNET_ROOT:-/usr/share/dotnet}
dotnet_link=${EDGE_DOTNET_LINK:-/usr/local/bin/dotnet}

readonly EXIT_MISSING=1 EXIT_USAGE=2 EXIT_CANNOT_INSTALL=3

fail() { printf 'setup: %s\n' "$1" >&2; exit "$EXIT_CANNOT_INSTALL"; }

# What each target needs: "package reason". An architecture follows the package's name after a colon.
declare -A needs=(
    [build]=''
    [run]=''
    [publish]='
        clang                  links the native program for the board
        lld                    the linker that clang calls for arm64
        gcc-aarch64-linux-gnu  start-up files, libgcc and objcopy for arm64
        libc6-dev-arm64-cross  the C library to link against for arm64'
    [test]='
        libstdc++6:arm64       the .NET runtime of the emulated tests needs it
        libgcc-s1:arm64        the .NET runtime of the emulated tests needs it
        libssl3:arm64          the test framework hashes with it
        libturbojpeg0          decodes JPEG frames and the CIFAR-10 pictures
        libturbojpeg0:arm64    the same in the emulated tests
        procps                 the tests send signals with its kill
        shellcheck             checks the shell scripts'
    [cost]='
        qemu-user              runs arm64 programs as Cortex-A53, A72 and A76
        libc6:arm64            the C library of the emulated arm64 programs
        llvm-19                llvm-mca and llvm-mc price the blocks per core
        gcc                    compiles the counting plugin
        libc6-dev              the C headers of the counting plugin
        python3                runs the cost model, adds up the test reports'
)
needs[package]=${needs[publish]}'
        lintian                checks the package'
# The emulated board: its image is made as root.
needs[vm]=${needs[package]}'
        mmdebstrap             makes the root file system of the emulated board
        qemu-system-arm        emulates the board
        qemu-utils             disks of the emulated board
        e2fsprogs              makes its file system
        openssh-client         deploys to it and asks it
        socat                  its serial port and control socket
        libturbojpeg0          makes the frames of its USB camera
        python3                compares what comes out of it'
needs[cost]+=${needs[publish]}
# The tests check costs, too.
needs[test]+=${needs[cost]}
# What a downloaded SDK itself needs; a .NET that already runs is left as it is.
readonly sdk_packages='
        ca-certificates        verifies the servers of .NET and NuGet
        curl                   downloads the .NET SDK
        libicu72               the .NET SDK needs it
        libssl3                the .NET SDK needs it
        libstdc++6             the .NET SDK needs it
        zlib1g                 the .NET SDK needs it'
# Later builds of QEMU's user mode come without the plugin interface that the cost model uses.
readonly qemu_series='1:7.2'

as_root() {
    if [ "$EUID" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "this needs root, and there is no sudo. Run as root: $*"
    fi
}

sdk_version() { sed -n 's/.*"sdk".*"version" *: *"\([0-9.]*\)".*/\1/p' "$top/global.json"; }

# dotnet itself decides whether one of its SDKs satisfies global.json.
sdk_present() { (cd "$top" && command -v dotnet && dotnet --version) >/dev/null; } 2>/dev/null

# Prints "package reason" for each line of the list that is not installed.
missing_packages() {
    local list=$1 installed package reason
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Package}:${Architecture} ${Version}\n' 2>/dev/null | sed -n 's/^ii *//p')
    while read -r package reason; do
        [ -n "$package" ] || continue
        case $package in
            qemu-user) awk -v v="$qemu_series" '$1 == "qemu-user" && index($3, v) == 1 { found = 1 } END { exit !found }' <<<"$installed" ;;
            *:*) awk -v p="$package" '$2 == p { found = 1 } END { exit !found }' <<<"$installed" ;;
            *) awk -v p="$package" '$1 == p { found = 1 } END { exit !found }' <<<"$installed" ;;
        esac || printf '%s %s\n' "$package" "$reason"
    done < <(sort -u -k1,1 <<<"$list")
}

install_packages() {
    local missing=$1 package reason wanted=()
    echo 'setup: installing these Debian packages:'
    while read -r package reason; do
        printf '  %-24s %s\n' "$package" "$reason"
        # A newer qemu-user may be installed from backports: go back to the series that is needed.
        [ "$package" = qemu-user ] && package="qemu-user=$qemu_series*"
        wanted+=("$package")
    done <<<"$missing"
    command -v apt-get >/dev/null || fail "apt-get is not there: install the packages above by hand (the script knows Debian 12)"
    if grep -q ':arm64 ' <<<"$missing" && ! dpkg --print-foreign-architectures | grep -qx arm64; then
        echo 'setup: adding arm64 as a foreign architecture (dpkg --add-architecture arm64)'
        as_root dpkg --add-architecture arm64
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
    as_root "${apt[@]}" update || fail "apt-get update failed"
    as_root "${apt[@]}" install --yes --no-install-recommends --allow-downgrades "${wanted[@]}" >/dev/null ||
        fail "apt-get could not install: ${wanted[*]}"
}

download() {
    local url=$1 file=$2
    curl --fail --silent --show-error --location --retry 2 --connect-timeout 20 -o "$file" "$url" ||
        fail "cannot download $url. Install the .NET SDK $(sdk_version) by hand, so that 'dotnet --version' works in $top"
}

# The same archive and folder as Microsoft's dotnet-install script, but checked against the published SHA-512.
install_sdk() {
    local version channel archive url expected actual root=$new_dotnet_root
    version=$(sdk_version)
    [ -n "$version" ] || fail "global.json names no SDK version"
    channel=$(cut -d. -f1,2 <<<"$version")
    archive=dotnet-sdk-$version-linux-x64.tar.gz
    url=$feed/Sdk/$version/$archive
    # A .NET that is there but lacks this SDK gets it beside its others.
    if command -v dotnet >/dev/null; then root=$(dirname "$(readlink -f "$(command -v dotnet)")"); fi
    echo "setup: installing the .NET SDK $version, which global.json names, into $root"
    echo "setup: from $url"
    work=$(mktemp -d)  # not local: the trap needs it
    trap 'rm -rf "$work"' EXIT
    download "$feed/release-metadata/$channel/releases.json" "$work/releases.json"
    expected=$(tr -d ' \t\r\n' <"$work/releases.json" |
        { grep -o "\"url\":\"[^\"]*/$archive\",\"hash\":\"[0-9a-fA-F]*\"" || true; } | sed 's/.*"hash":"\(.*\)"/\L\1/' | sort -u)
    [[ $expected =~ ^[0-9a-f]{128}$ ]] || fail "releases.json lists no SHA-512 for $archive: SDK $version is not published there"
    download "$url" "$work/$archive"
    actual=$(sha512sum "$work/$archive" | cut -d' ' -f1)
    [ "$actual" = "$expected" ] || fail "the checksum of $archive is $actual, but releases.json says $expected: nothing was installed"
    local run=()
    mkdir -p "$root" 2>/dev/null && [ -w "$root" ] || run=(as_root)
    "${run[@]}" mkdir -p "$root"
    "${run[@]}" tar -xzf "$work/$archive" -C "$root" --no-same-owner
    if ! command -v dotnet >/dev/null; then
        echo "setup: linking $dotnet_link to it"
        run=(); [ -w "$(dirname "$dotnet_link")" ] || run=(as_root)
        "${run[@]}" ln -sfn "$root/dotnet" "$dotnet_link"
        hash -r
    fi
    sdk_present || fail "dotnet still lacks SDK $version after it was put into $root; 'dotnet --version' in $top says why"
}

main() {
    local check=false list='' target missing
    if [ "${1:-}" = --check ]; then check=true; shift; fi
    [ $# -gt 0 ] || set -- "${!needs[@]}"
    for target in "$@"; do
        if [ -z "${needs[$target]+known}" ]; then
            printf "setup: '%s' is not one of: build run publish package test cost vm\n" "$target" >&2
            exit "$EXIT_USAGE"
        fi
        list+=${needs[$target]}$'\n'
    done
    local sdk=true
    if ! sdk_present; then sdk=false; list+=$sdk_packages; fi
    missing=$(missing_packages "$list")
    if $check; then
        [ -z "$missing" ] || printf 'missing: %s\n' "${missing//$'\n'/$'\nmissing: '}"
        $sdk || printf 'missing: .NET SDK %s (global.json)\n' "$(sdk_version)"
        [ -z "$missing" ] && $sdk || exit "$EXIT_MISSING"
        return
    fi
    if [ -n "$missing" ] || ! $sdk; then
        [ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); the tools are built on x86-64"
    fi
    [ -z "$missing" ] || install_packages "$missing"
    # A .NET that was there may only have lacked a library.
    $sdk || sdk_present || install_sdk
}

main "$@"
