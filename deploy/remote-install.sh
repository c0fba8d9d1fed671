#!/bin/sh
# Runs on the board, called by deploy.sh from the folder with the package: installs, restarts, waits for readiness, rolls back.
#   remote-install.sh [--timeout SECONDS] [--model FILE] [--config FILE]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
service=edge-runtime.service
store=/var/lib/edge-runtime-deploy
timeout=60 model='' config=''
while [ $# -gt 0 ]; do
    case $1 in
        --timeout) timeout=$2; shift 2 ;;
        --model) model=$2; shift 2 ;;
        --config) config=$2; shift 2 ;;
        *) echo "remote-install: unknown option $1" >&2; exit 2 ;;
    esac
done

if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo 'this user is not root and may not use sudo without a password' >&2; exit 1; }
    set -- --timeout "$timeout"
    [ -z "$model" ] || set -- "$@" --model "$model"
    [ -z "$config" ] || set -- "$@" --config "$config"
    exec sudo -n sh "$0" "$@"
fi

install_package() { # FOLDER: installs the package, or the archive where there is no dpkg
    if command -v dpkg >/dev/null; then
        DEBIAN_FRONTEND=noninteractive dpkg --force-confold --install "$1"/edge-runtime_*_arm64.deb >/dev/null
    else
        rm -rf "$1/unpacked" && mkdir "$1/unpacked" && tar -C "$1/unpacked" -xzf "$1"/edge-runtime-*-arm64.tar.gz &&
            sh "$1"/unpacked/*/install.sh >/dev/null && rm -rf "$1/unpacked"
    fi
}

# systemctl returns when the service has reported itself ready: after its first prediction.
start() { systemctl reset-failed "$service" 2>/dev/null || true; timeout "$timeout" systemctl restart "$service" && systemctl is-active --quiet "$service"; }

put() { # FILE TARGET: copied beside the target, then renamed over it
    mkdir -p "$(dirname "$2")" && cp "$1" "$2.deploying" && chmod 644 "$2.deploying" && mv -f "$2.deploying" "$2"
}

# What is there now, to be put back. A board that has never been deployed to has nothing.
had=no
rm -rf "$store/rollback"
mkdir -p "$store/rollback"
chmod 700 "$store"
if [ -d "$store/current" ]; then had=yes; fi
for file in config.json model.edge; do
    if [ -e "/etc/edge-runtime/$file" ]; then cp "/etc/edge-runtime/$file" "$store/rollback/$file"; fi
done
was_enabled=$(systemctl is-enabled "$service" 2>/dev/null || true)

put_all() { install_package "$here" && { [ -z "$config" ] || put "$config" /etc/edge-runtime/config.json; } && { [ -z "$model" ] || put "$model" /etc/edge-runtime/model.edge; }; }

# Whatever of it fails, and be it a systemd that does not answer in time, what was there is put back.
problem=''
if ! put_all; then problem='the new version could not be installed'
elif ! { systemctl daemon-reload && systemctl enable --quiet "$service"; }; then problem='systemd did not take the new version over'
elif ! start; then problem="no first prediction (the limit is $timeout s)"
fi
if [ -z "$problem" ]; then
    rm -rf "$store/current.new"
    mkdir -p "$store/current.new"
    cp "$here"/edge-runtime_*_arm64.deb "$here"/edge-runtime-*-arm64.tar.gz "$store/current.new/"
    rm -rf "$store/current" && mv "$store/current.new" "$store/current"
    echo "ready: $(systemctl show --property StatusText --value "$service")"
    exit 0
fi

echo "$problem; the last lines of its journal:"
journalctl --unit "$service" --lines 5 --no-pager --output cat 2>/dev/null || true
for file in config.json model.edge; do
    if [ -e "$store/rollback/$file" ]; then put "$store/rollback/$file" "/etc/edge-runtime/$file"
    elif [ "$file" = model.edge ] && [ -n "$model" ]; then rm -f "/etc/edge-runtime/$file"
    fi
done
if [ $had = no ]; then
    systemctl stop "$service" || true
    [ "$was_enabled" = enabled ] || systemctl disable --quiet "$service" || true
    echo 'there was no earlier deployment to go back to; the service is stopped'
    exit 1
fi
if install_package "$store/current" && systemctl daemon-reload && start; then echo 'rolled back: the former version runs again'
else echo 'rolled back, but the former version does not start either'
fi
exit 1
