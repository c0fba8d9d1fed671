#!/bin/sh
# Installs EdgeRuntime from this archive on a board without Debian's tools, or removes it: install.sh [--remove]
# An existing configuration is kept; the new sample then lies beside it as config.json.new.
set -eu
[ "$(id -u)" = 0 ] || { echo 'install: this needs root' >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = --remove ]; then
    systemctl disable --now edge-runtime.service 2>/dev/null || true
    (cd "$here/files" && find . ! -type d ! -path './etc/*') | while read -r file; do rm -f "/${file#./}"; done
    rmdir /usr/share/edge-runtime/models /usr/share/edge-runtime /usr/share/doc/edge-runtime /usr/lib/edge-runtime 2>/dev/null || true
    systemctl daemon-reload 2>/dev/null || true
    echo 'install: removed; /etc/edge-runtime was kept'
    exit 0
fi

case $(uname -m) in
    aarch64 | arm64) ;;
    *) echo "install: this is a program for arm64; this machine is $(uname -m)" >&2; exit 1 ;;
esac
getent group gpio >/dev/null || groupadd --system gpio
(cd "$here/files" && find . ! -type d) | while read -r file; do
    target=/${file#./}
    if [ "$target" = /etc/edge-runtime/config.json ] && [ -e "$target" ] && ! cmp -s "$here/files/$file" "$target"; then
        target=$target.new
    fi
    mkdir -p "$(dirname "$target")"
    # Renamed into place: a running program keeps its file, and nothing is ever half written.
    cp -P "$here/files/$file" "$target.installing"
    mv -f "$target.installing" "$target"
done
udevadm control --reload 2>/dev/null || true
udevadm trigger --subsystem-match=gpio --action=change 2>/dev/null || true
systemctl daemon-reload 2>/dev/null || true
if systemctl is-active --quiet edge-runtime.service 2>/dev/null; then systemctl restart edge-runtime.service; fi
echo 'install: done. Edit /etc/edge-runtime/config.json, then: systemctl enable --now edge-runtime'
