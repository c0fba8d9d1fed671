#!/usr/bin/env bash
# Makes what tests/vboard/board.py boots, once for each release of Debian (EDGE_VBOARD_SUITE: bookworm, or trixie), in the cache ($EDGE_VBOARD_CACHE, default
# ~/.cache/edge-runtime/vboard): a Debian arm64 root file system with kernel, systemd, ssh, a camera that shows chosen pictures (vivid), GPIO and serial port.
# Needs root; about 5 minutes, 30 seconds when only this script has changed. Two findings behind it: a kernel package must not be installed in the foreign root (its initramfs takes over 13 minutes under emulation),
# and the full cold plug of devices is most of the boot time there.
set -euo pipefail
SUITE=${EDGE_VBOARD_SUITE:-bookworm}
CACHE=${EDGE_VBOARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edge-runtime/vboard}/$SUITE
MIRROR=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -1 | tr -d ' ' || true)
MIRROR=${MIRROR:-http://deb.debian.org/debian}
# Debian 12 has the first generation of libgpiod, Debian 13 the second.
case $SUITE in bookworm) GPIOD=libgpiod2 ;; trixie) GPIOD=libgpiod3 ;; *) echo "vboard: unknown release $SUITE" >&2; exit 2 ;; esac
PKGS=systemd,systemd-sysv,udev,kmod,dbus,$GPIOD,libturbojpeg0,gpiod,v4l-utils,openssh-server,socat,iproute2,procps,device-tree-compiler
MODS_INITRD=(virtio_pci virtio_blk ext4 sdhci-iproc bcm2835)
MODS_ROOT=("${MODS_INITRD[@]}" virtio_net virtio_console virtio-rng vivid uvcvideo autofs4 xhci-pci phy-generic dwc2 cdc_ether rndis_host bcm2835_wdt)
die() { echo "vboard: $*" >&2; exit 1; }
say() { echo "[$(printf %4d $SECONDS)s] $*" >&2; }

build() {
    stamp=$(md5sum <"$0")
    if [ -s "$CACHE/root.ext4" ] && [ "$(cat "$CACHE/stamp" 2>/dev/null)" = "$stamp" ]; then return 0; fi
    [ "$(id -u)" = 0 ] || die "build needs root"
    for c in mmdebstrap qemu-system-aarch64 qemu-img mke2fs ssh-keygen socat; do command -v "$c" >/dev/null || die "missing: $c"; done
    mkdir -p "$CACHE"
    # qemu-user must be the static one: binfmt's F flag opens only the interpreter itself, not its libraries
    if [ -x /usr/bin/qemu-aarch64-static ]; then cp /usr/bin/qemu-aarch64-static "$CACHE/"
    elif [ ! -x "$CACHE/qemu-aarch64-static" ]; then
      (cd "$CACHE" && apt-get -qq -o APT::Sandbox::User=root download qemu-user-static && dpkg-deb --fsys-tarfile qemu-user-static_*.deb | tar -xO ./usr/bin/qemu-aarch64-static > q && chmod +x q && mv q qemu-aarch64-static && rm qemu-user-static_*.deb)
    fi
    # a private mount namespace: the binfmt registration (and any leftover mount) is gone when it ends
    VBOARD_INNER=1 unshare --mount --propagation private "$0" inner
    printf '%s\n' "$stamp" >"$CACHE/stamp"
}

inner() {
    [ "${VBOARD_INNER:-}" = 1 ] || die "internal"
    local QEMU_USER=$CACHE/qemu-aarch64-static W R I S KVER f n u
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] ||
    printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$QEMU_USER"':FPC' > /proc/sys/fs/binfmt_misc/register
    rm -rf --one-file-system "$CACHE"/build.*; W=$(mktemp -d "$CACHE/build.XXXXXX"); R=$W/root
    if [ ! -s "$CACHE/base.tar" ] || [ "$(cat "$CACHE/base.packages" 2>/dev/null)" != "$PKGS" ]; then
      # the kernel is unpacked, not installed: its postinst runs mkinitramfs, which takes over 13 minutes under qemu-user
      cat > "$W/getkernel" <<'HOOK'
#!/bin/bash
set -e
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
K=$(apt-cache depends linux-image-arm64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
rm -rf "$CACHE/debs"; mkdir -p "$CACHE/debs"; cd "$CACHE/debs"
apt-get -qq -o APT::Sandbox::User=root download "$K" busybox-static
HOOK
      chmod +x "$W/getkernel"; export CACHE
      say "mmdebstrap"
      mmdebstrap --quiet --arch=arm64 --mode=root --variant=essential --skip=check/qemu --format=tar \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' --aptopt='APT::Sandbox::User "root"' \
        --include="$PKGS" --customize-hook="$W/getkernel" \
        "$SUITE" "$CACHE/base.tar.new" "deb $MIRROR $SUITE main" "deb ${MIRROR}-security $SUITE-security main"
      mv "$CACHE/base.tar.new" "$CACHE/base.tar"; printf '%s\n' "$PKGS" >"$CACHE/base.packages"
    fi
    mkdir "$R" "$W/k"; tar -C "$R" -xf "$CACHE/base.tar"; for f in "$CACHE"/debs/*.deb; do dpkg-deb -x "$f" "$W/k"; done
    # Debian 13's kernel has its modules below /usr only.
    [ -e "$W/k/lib" ] || ln -s usr/lib "$W/k/lib"
    KVER=$(basename "$W"/k/boot/vmlinuz-* | sed s/^vmlinuz-//)
    say "rootfs $(du -sm "$R" | cut -f1) MB, kernel $KVER"
    # only the modules asked for and what they need (depmod over all, to find the closure; then over what is kept)
    mkdir -p "$R/lib/modules"; mount --bind "$W/k/lib/modules" "$R/lib/modules"; chroot "$R" depmod "$KVER"
    closure() { for m in "$@"; do chroot "$R" modprobe -S "$KVER" --show-depends "$m" 2>/dev/null || echo "no module $m" >&2; done | awk '$1=="insmod" && !s[$2]++ {print $2}'; }
    closure "${MODS_ROOT[@]}" > "$W/mods.root"; closure "${MODS_INITRD[@]}" > "$W/mods.initrd"; umount "$R/lib/modules"
    while read -r f; do install -D -m644 "$W/k$f" "$R$f"; done < "$W/mods.root"
    cp "$W"/k/lib/modules/"$KVER"/modules.{order,builtin,builtin.modinfo} "$R/lib/modules/$KVER/"; chroot "$R" depmod "$KVER"
    say "$(wc -l < "$W/mods.root") modules, $(du -sm "$R/lib/modules" | cut -f1) MB; $(wc -l < "$W/mods.initrd") of them in the initrd"
    S=$R/etc/systemd/system
    echo vboard > "$R/etc/hostname"; printf '127.0.0.1 localhost\n127.0.1.1 vboard\n' > "$R/etc/hosts"; : > "$R/etc/fstab"
    echo 0123456789abcdef0123456789abcdef > "$R/etc/machine-id"        # else every boot is a "first boot"
    mkdir -p "$R/root/.ssh"; chmod 700 "$R/root/.ssh"
    printf '[Match]\nName=e* usb*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n' > "$R/etc/systemd/network/10-e.network"
    rm -f "$R"/etc/ssh/ssh_host_* "$CACHE"/id_ed25519*
    ssh-keygen -q -t ed25519 -N '' -C vboard-host -f "$R/etc/ssh/ssh_host_ed25519_key"; ssh-keygen -q -t ed25519 -N '' -C vboard -f "$CACHE/id_ed25519"
    install -m600 "$CACHE/id_ed25519.pub" "$R/root/.ssh/authorized_keys"
    printf 'vboard %s\n' "$(cut -d' ' -f1,2 "$R/etc/ssh/ssh_host_ed25519_key.pub")" > "$CACHE/known_hosts"   # with HostKeyAlias: no port in it
    printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUsePAM no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n' > "$R/etc/ssh/sshd_config.d/vboard.conf"
    chroot "$R" passwd -d root >/dev/null
    # camera: capture node on HDMI input 0 (video0) and output node on HDMI output 0 (video1), looped by vboard-camera
    # As a real camera it knows its picture size as soon as it is there: once a program streams from it, its timings cannot be set any more.
    cat > "$R/etc/modprobe.d/vivid.conf" <<'VIVID'
options vivid n_devs=1 node_types=0x101 num_inputs=1 input_types=3 num_outputs=1 output_types=1 ccs_cap_mode=0 ccs_out_mode=0
install vivid /sbin/modprobe --ignore-install vivid $CMDLINE_OPTS && for d in 0 1; do v4l2-ctl -d $d --set-dv-bt-timings index=0; done
VIVID
    # The cold plug leaves the PCI bus out: the USB host of virt is named here.
    printf 'vivid\nxhci-pci\n' > "$R/etc/modules-load.d/vboard.conf"
    cat > "$R/usr/local/bin/vboard-camera" <<'CAM'
#!/bin/bash
# vboard-camera FILE.yuyv [WIDTH HEIGHT] | bars | off : what /dev/video0 shows (640x480 YUYV unless given, looped from /dev/video1; colour bars of its own)
[ -s /run/vboard-camera.pid ] && kill "$(cat /run/vboard-camera.pid)" 2>/dev/null; rm -f /run/vboard-camera.pid
[ "$1" = off ] && exit 0
# Whether the input hangs on the output: Linux 6.11 has named that differently.
looped() { v4l2-ctl -d0 -c "loop_video=$1" >/dev/null 2>&1 || v4l2-ctl -d0 -c "hdmi_000_0_is_connected_to=$((2 * $1))"; }
if [ "$1" = bars ]; then looped 0; v4l2-ctl -d0 -c test_pattern=1,osd_text_mode=2; exit; fi
[ -e /dev/video1 ] || { modprobe vivid; udevadm settle; }
size=width=${2:-640},height=${3:-480},pixelformat=YUYV; v4l2-ctl -d1 -x "$size"; v4l2-ctl -d0 -v "$size"
looped 1
# No text laid over the picture; one frame in five, or 59 a second would take most of an emulated core.
v4l2-ctl -d0 -c osd_text_mode=2,percentage_of_dropped_buffers=80
setsid v4l2-ctl -d1 --stream-out-mmap --stream-from="$1" --stream-loop </dev/null >/dev/null 2>&1 & echo $! > /run/vboard-camera.pid
sleep 0.5; kill -0 "$(cat /run/vboard-camera.pid)"
CAM
    chmod +x "$R/usr/local/bin/vboard-camera"
    mkdir -p "$S/multi-user.target.wants" "$S/systemd-udev-trigger.service.d"
    ln -sf /lib/systemd/system/systemd-networkd.service "$S/multi-user.target.wants/"; ln -sf /lib/systemd/system/multi-user.target "$S/default.target"
    for u in systemd-networkd-wait-online.service systemd-logind.service getty@tty1.service getty-static.service e2scrub_reap.service systemd-pstore.service \
      systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-random-seed.service systemd-journal-flush.service \
      systemd-machine-id-commit.service systemd-firstboot.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
      fstrim.timer systemd-tmpfiles-clean.timer dev-hugepages.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount modprobe@drm.service \
      modprobe@fuse.service modprobe@dm_mod.service modprobe@efi_pstore.service modprobe@loop.service proc-sys-fs-binfmt_misc.automount \
      systemd-ask-password-wall.path systemd-ask-password-console.path systemd-boot-system-token.service; do ln -sf /dev/null "$S/$u"; done
    # the full cold plug is most of the boot time under emulation
    printf '[Service]\nExecStart=\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=net --subsystem-match=gpio --subsystem-match=virtio-ports --subsystem-match=virtio --subsystem-match=block --subsystem-match=usb --subsystem-match=mmc --subsystem-match=video4linux\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=tty --sysname-match=ttyAMA* --sysname-match=ttyS[0-9] --sysname-match=ttyUSB*\n' > "$S/systemd-udev-trigger.service.d/vboard.conf"
    rm -rf "$R"/var/cache/apt/* "$R"/var/lib/apt/lists/*; touch "$R/etc/.updated" "$R/var/.updated"
    # the Pi's device trees; in the nobt one the PL011 (ttyAMA0) is free: as shipped, its Bluetooth child keeps it from being a tty
    mkdir -p "$CACHE/dtb"; cp "$W"/k/usr/lib/linux-image-*/broadcom/bcm2*-rpi-*.dtb "$CACHE/dtb/"
    cp "$CACHE/dtb/bcm2837-rpi-3-b.dtb" "$R/tmp/x.dtb"; chroot "$R" fdtput -r /tmp/x.dtb /soc/serial@7e201000/bluetooth; mv "$R/tmp/x.dtb" "$CACHE/dtb/bcm2837-rpi-3-b-nobt.dtb"
    # initrd: busybox, the modules in order, a script
    I=$W/initrd; mkdir -p "$I"/{bin,dev,proc,sys,new,m}; cp "$W"/k/{,usr/}bin/busybox "$I/bin/" 2>/dev/null || [ -s "$I/bin/busybox" ]
    n=100; while read -r f; do n=$((n+1)); if [ "${f%.xz}" = "$f" ]; then cat "$W/k$f"; else xz -dc "$W/k$f"; fi > "$I/m/$n-$(basename "${f%.xz}")"; done < "$W/mods.initrd"
    cat > "$I/init" <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc p /proc; $b mount -t sysfs s /sys; $b mount -t devtmpfs d /dev
for m in /m/*; do $b insmod "$m" 2>/dev/null; done
i=0
while [ $i -lt 600 ]; do
    for d in /dev/vda /dev/mmcblk0; do [ -b $d ] && $b mount -t ext4 -o rw,noatime $d /new 2>/dev/null && break 2; done
    $b usleep 100000; i=$((i+1))
done
$b umount /proc /sys; $b mount --move /dev /new/dev
exec $b switch_root /new /sbin/init
INIT
    chmod +x "$I/init"; (cd "$I" && find . | "$QEMU_USER" bin/busybox cpio -o -H newc 2>"$W/cpio.err") | gzip -1 > "$CACHE/initrd.img" || { cat "$W/cpio.err"; die cpio; }
    cp "$W/k/boot/vmlinuz-$KVER" "$CACHE/vmlinuz"
    mke2fs -q -t ext4 -m 0 -O ^has_journal -E lazy_itable_init=0,root_owner=0:0 -d "$R" "$CACHE/root.ext4.new" 1G >/dev/null   # a power of two: SD cards want it
    mv "$CACHE/root.ext4.new" "$CACHE/root.ext4"; rm -rf --one-file-system "$W"
    say "image: $(du -m "$CACHE/root.ext4" | cut -f1) MB on disk, vmlinuz $(du -m "$CACHE/vmlinuz" | cut -f1) MB, initrd $(du -k "$CACHE/initrd.img" | cut -f1) kB"
}

case ${1:-build} in
    build) build ;;
    inner) inner ;;
    *) die "unknown: $1" ;;
esac
