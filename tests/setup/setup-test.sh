#!/usr/bin/env bash
# Tests deploy/setup.sh without touching the machine: package tools and dotnet are stand-ins that write down how they
# were called, and the SDK comes from a web server on this machine.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

fail() { echo "FAILED: $1" >&2; sed 's/^/  | /' "$work/output" >&2 || true; exit 1; }
expect() { grep -qF -- "$1" "$work/output" || fail "the output lacks '$1'"; }
called() { grep -qF -- "$1" "$work/calls" || { cat "$work/calls" >&2; fail "not called: $1"; }; }
not_called() { ! grep -qF -- "$1" "$work/calls" || fail "called: $1"; }

stand_in() { printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"; chmod +x "$work/bin/$1"; }

# A machine with nothing on it: its own PATH of stand-ins and the plain tools that Debian always has.
new_machine() {
    rm -rf "${work:?}/bin" "$work/repo" "$work/dotnet" "$work/link"
    mkdir -p "$work/bin" "$work/repo/deploy" "$work/link"
    local tool
    for tool in awk bash cat cp cut chmod dirname env grep head id ln mkdir mktemp readlink rm sed sha512sum sort tar gzip touch tr curl; do
        ln -s "$(command -v "$tool")" "$work/bin/$tool"
    done
    cp "$top/deploy/setup.sh" "$work/repo/deploy/"
    echo '{ "sdk": { "version": "10.0.401", "rollForward": "latestFeature" } }' >"$work/repo/global.json"
    : >"$work/calls"
    : >"$work/installed"
    : >"$work/architectures"
    stand_in uname 'echo x86_64'
    stand_in sudo "echo \"sudo \$*\" >>$work/calls; exec \"\$@\""
    stand_in dpkg "echo \"dpkg \$*\" >>$work/calls
        case \$1 in --print-foreign-architectures) cat $work/architectures ;; --add-architecture) echo \$2 >>$work/architectures ;; esac"
    stand_in dpkg-query "cat $work/installed"
    stand_in apt-get "echo \"apt-get \$*\" >>$work/calls
        for package in \"\$@\"; do
            case \$package in
                qemu-user=*) echo 'ii  qemu-user qemu-user:amd64 1:7.2+dfsg-7' ;;
                *:arm64) echo \"ii  \${package%:arm64} \$package 1.0\" ;;
                -*|install|update|*=*) ;;
                *) echo \"ii  \$package \$package:amd64 1.0\" ;;
            esac
        done >>$work/installed"
}

with_sdk() { stand_in dotnet 'echo 10.0.401'; }

setup() {
    code=0
    PATH=$work/bin:$work/link EDGE_DOTNET_FEED=http://127.0.0.1:$port/feed EDGE_DOTNET_ROOT=$work/dotnet EDGE_DOTNET_LINK=$work/link/dotnet \
        "$work/bin/bash" "$work/repo/deploy/setup.sh" "$@" >"$work/output" 2>&1 </dev/null || code=$?
}

# The release server: an archive whose dotnet answers with its version, and the list with its checksum.
mkdir -p "$work/www/feed/Sdk/10.0.401" "$work/www/feed/release-metadata/10.0" "$work/sdk"
printf '#!/bin/bash\necho 10.0.401\n' >"$work/sdk/dotnet"
chmod +x "$work/sdk/dotnet"
archive=$work/www/feed/Sdk/10.0.401/dotnet-sdk-10.0.401-linux-x64.tar.gz
releases=$work/www/feed/release-metadata/10.0/releases.json
tar -czf "$archive" -C "$work/sdk" dotnet
list_release() {
    printf '{ "releases": [ { "sdk": { "files": [\n  { "name": "dotnet-sdk-linux-x64.tar.gz", "rid": "linux-x64",\n    "url": "https://example.org/Sdk/10.0.401/%s",\n    "hash": "%s" } ] } } ] }\n' \
        "$(basename "$archive")" "$1" >"$releases"
}
list_release "$(sha512sum "$archive" | cut -d' ' -f1 | tr a-f A-F)"
# The file is there before the server is: a loop that reads it must not end the test.
: >"$work/server.log"
python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/www" >"$work/server.log" 2>&1 &
server=$!
for _ in {1..100}; do
    port=$(sed -n 's/^Serving HTTP on .* port \([0-9]*\).*/\1/p' "$work/server.log")
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || { echo "the web server did not start" >&2; exit 1; }

echo '- packages and the SDK are installed on a bare machine, with what and why'
new_machine
setup publish test
[ "$code" = 0 ] || fail "exit code $code"
expect 'libc6-dev-arm64-cross'
expect 'the C library to link against for arm64'
expect 'installing the .NET SDK 10.0.401'
called 'dpkg --add-architecture arm64'
called 'qemu-user=1:7.2*'
[ -x "$work/dotnet/dotnet" ] || fail 'the SDK is not in its folder'
[ "$(readlink "$work/link/dotnet")" = "$work/dotnet/dotnet" ] || fail 'dotnet is not linked'

echo '- the second time nothing is said, asked or installed'
: >"$work/calls"
setup publish test
[ "$code" = 0 ] || fail "exit code $code"
[ ! -s "$work/output" ] || fail 'the second run says something'
[ ! -s "$work/calls" ] || fail 'the second run calls package tools'

echo '- a machine with the SDK needs nothing to build and run'
new_machine; with_sdk
setup build run
[ "$code" = 0 ] || fail "exit code $code"
[ ! -s "$work/calls" ] || fail 'package tools were called'

echo '- an SDK that global.json does not accept gets the right one beside it'
new_machine
mkdir -p "$work/dotnet"
cp "$work/sdk/dotnet" "$work/dotnet/other"
printf '#!/bin/bash\nexit 1\n' >"$work/dotnet/dotnet"
chmod +x "$work/dotnet/dotnet"
ln -s "$work/dotnet/dotnet" "$work/bin/dotnet"
setup build
[ "$code" = 0 ] || fail "exit code $code"
[ -e "$work/dotnet/other" ] || fail 'the other files are gone'
"$work/bin/dotnet" >/dev/null || fail 'dotnet was not replaced'

echo '- a newer QEMU is taken back to the series with plugins'
new_machine; with_sdk
echo 'ii  qemu-user qemu-user:amd64 1:10.0.2+ds-2~bpo12+1' >"$work/installed"
setup cost
[ "$code" = 0 ] || fail "exit code $code"
called '--allow-downgrades'
called 'qemu-user=1:7.2*'

echo '- --check says what is missing and installs nothing'
new_machine
setup --check publish
[ "$code" = 1 ] || fail "exit code $code"
expect 'missing: clang'
expect 'missing: .NET SDK 10.0.401'
not_called 'apt-get'

echo '- a wrong checksum stops it before anything is installed'
new_machine
list_release "$(printf '0%.0s' {1..128})"
setup build
[ "$code" = 3 ] || fail "exit code $code"
expect 'checksum'
[ ! -e "$work/dotnet" ] || fail 'something was installed'

echo '- a release that is not listed is named'
new_machine
echo '{ "releases": [] }' >"$releases"
setup build
[ "$code" = 3 ] || fail "exit code $code"
expect 'SDK 10.0.401 is not published there'

echo '- a server that does not answer is named, with what to do'
new_machine
kill "$server"
wait "$server" 2>/dev/null || true
server=
setup build
[ "$code" = 3 ] || fail "exit code $code"
expect "cannot download http://127.0.0.1:$port/feed/release-metadata/10.0/releases.json"
expect 'Install the .NET SDK 10.0.401 by hand'

echo '- another processor is refused, and an unknown target too'
new_machine
stand_in uname 'echo aarch64'
setup build
[ "$code" = 3 ] || fail "exit code $code"
expect 'this machine is aarch64'
setup everything
[ "$code" = 2 ] || fail "exit code $code"
expect "'everything' is not one of"
echo 'all passed'
