#!/usr/bin/env bash
# Tests how deploy/deploy.sh serves several boards: ssh and scp are stand-ins. What happens on one board, make vm-test shows on an emulated one.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAILED: $1" >&2; sed 's/^/  | /' "$work/output" >&2 || true; exit 1; }
expect() { grep -qxF -- "$1" "$work/output" || fail "the output lacks '$1'"; }

mkdir -p "$work/bin" "$work/repo/deploy" "$work/repo/out"
cp "$top/deploy/deploy.sh" "$top/deploy/remote-install.sh" "$work/repo/deploy/"
echo '<Version>1.2.3</Version>' >"$work/repo/Directory.Build.props"
touch "$work/repo/out/edge-runtime_1.2.3_arm64.deb" "$work/repo/out/edge-runtime-1.2.3-arm64.tar.gz"
echo '{}' >"$work/my config.json"

# ssh HOST COMMAND: each installation waits until all boards named in $work/boards have begun theirs.
cat >"$work/bin/ssh" <<SSH
#!/bin/bash
host=\${*: -2:1} command=\${*: -1}
case \$host in lost) exit 255 ;; esac
case \$command in mktemp*) echo "/tmp/edge-runtime.\$host"; exit 0 ;; esac
echo "\$command" >"$work/begun-\$host"
for board in \$(cat "$work/boards"); do
    for _ in \$(seq 100); do [ -e "$work/begun-\$board" ] && break; sleep 0.1; done
    [ -e "$work/begun-\$board" ] || { echo "\$board has not begun"; exit 9; }
done
case \$host in bad) echo 'no prediction'; exit 1 ;; *) echo 'ready'; exit 0 ;; esac
SSH
cat >"$work/bin/scp" <<SCP
#!/bin/bash
host=\${*: -1}
case \$host in full:*) exit 1 ;; esac
printf '%s\n' "\$@" >"$work/copied-\${host%%:*}"
SCP
chmod +x "$work/bin/ssh" "$work/bin/scp"

deploy() {
    code=0
    rm -f "$work"/begun-*
    PATH=$work/bin:$PATH bash "$work/repo/deploy/deploy.sh" --no-build "$@" >"$work/output" 2>&1 </dev/null || code=$?
}

echo 'one two three' >"$work/boards"
deploy one two three two --config "$work/my config.json"
[ "$code" = 0 ] || fail "three boards: exit code $code"
for board in one two three; do
    expect "[$board] ready"
    grep -qxF "$work/my config.json" "$work/copied-$board" || fail "the configuration was not copied to $board"
    grep -qF -- "--config '/tmp/edge-runtime.$board/my config.json'" "$work/begun-$board" || fail "$board was not told of the configuration"
done
expect 'deploy: 3 of 3 boards run edge-runtime 1.2.3'

echo 'one bad' >"$work/boards"
deploy one bad lost full
[ "$code" = 1 ] || fail "one good board of four: exit code $code"
expect '[one] ready'
expect '[bad] no prediction'
expect '[lost] cannot be reached by ssh'
expect '[full] copying failed'
expect 'deploy: failed on bad lost full'

deploy; [ "$code" = 2 ] || fail "no board: exit code $code"
refused() { # MESSAGE ARGUMENT...: exit code 2 and one line
    deploy one "${@:2}"
    [ "$code" = 2 ] || fail "${*:2}: exit code $code"
    [ "$(cat "$work/output")" = "deploy: $1" ] || fail "${*:2}: another message than '$1'"
}
refused 'unknown option --modle; deploy/deploy.sh without arguments tells which there are' --modle x
refused '--config needs a value' --config
refused '--timeout needs a value' --timeout
refused "the timeout 'soon' is not within 1 to 9999 seconds" --timeout soon
refused "cannot read $work/missing.edge" --model "$work/missing.edge"
refused "cannot read $work" --config "$work"
rm "$work"/repo/out/*.deb
deploy one; [ "$code" = 1 ] || fail "no package: exit code $code"
expect "deploy: $work/repo/out/edge-runtime_1.2.3_arm64.deb is missing; run 'make package'"
echo 'deploy.sh: all checks passed'
