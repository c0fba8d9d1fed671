#!/usr/bin/env bash
# Builds the Debian package and the plain archive for the board from out/arm64/edged:
#   out/edge-runtime_VERSION_arm64.deb, out/edge-runtime-VERSION-arm64.tar.gz
# EDGE_VERSION overrides the version. The same sources give the same bytes: file times are those of the commit (SOURCE_DATE_EPOCH).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

program=out/arm64/edged
[ -x "$program" ] || { echo "package: $program is missing; run 'make publish' first" >&2; exit 1; }
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
version=${EDGE_VERSION:-$version}
[ -n "$version" ] || { echo 'package: Directory.Build.props names no version' >&2; exit 1; }
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

# Files of both forms, below the folder that is the board's /.
# The program stands beside its native libraries, where it looks for them; /usr/bin has a link.
install -D -m755 "$program" "$root/usr/lib/edge-runtime/edged"
mkdir -p "$root/usr/bin"
ln -s ../lib/edge-runtime/edged "$root/usr/bin/edged"
for library in out/arm64/*.so; do
    if [ -e "$library" ]; then install -D -m644 -t "$root/usr/lib/edge-runtime" "$library"; fi
done
install -D -m644 deploy/systemd/edge-runtime.service "$root/lib/systemd/system/edge-runtime.service"
install -D -m644 deploy/udev/60-edge-runtime.rules "$root/lib/udev/rules.d/60-edge-runtime.rules"
install -D -m644 deploy/config/config.json "$root/etc/edge-runtime/config.json"
for model in deploy/models/*.edge; do
    install -D -m644 -t "$root/usr/share/edge-runtime/models" "$model"
done
for page in edged edgec; do
    mkdir -p "$root/usr/share/man/man1"
    gzip -9n <"docs/man/$page.1" >"$root/usr/share/man/man1/$page.1.gz"
done
doc=$root/usr/share/doc/edge-runtime
install -D -m644 deploy/debian/copyright "$doc/copyright"
printf 'edge-runtime (%s) unstable; urgency=medium\n\n  * See the history of the source repository.\n\n -- EdgeRuntime maintainers <maintainers@edgeruntime.example>  %s\n' \
    "$version" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
chmod 644 "$doc/changelog.gz" "$root"/usr/share/man/man1/*

# The Debian package.
control=$root/DEBIAN
mkdir -p "$control"
size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
sed "s/@VERSION@/$version/; s/@SIZE@/$size/" deploy/debian/control.in >"$control/control"
printf '/etc/edge-runtime/config.json\n' >"$control/conffiles"
install -m755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm "$control/"
find "$root" -type d -exec chmod 755 {} +
deb=out/edge-runtime_${version}_arm64.deb
install -D -m644 deploy/debian/lintian-overrides "$root/usr/share/lintian/overrides/edge-runtime"
(cd "$root" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$control/md5sums"
dpkg-deb --root-owner-group --build "$root" "$work/package.deb" >/dev/null
mv "$work/package.deb" "$deb"

# The archive for boards without Debian's tools: the same files, and a script that puts them in place.
rm -rf "$control" "$root/usr/share/lintian"
archive=out/edge-runtime-$version-arm64.tar.gz
mkdir "$work/edge-runtime-$version"
mv "$root" "$work/edge-runtime-$version/files"
install -m755 deploy/install.sh "$work/edge-runtime-$version/install.sh"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "edge-runtime-$version" | gzip -9n >"$work/archive.tar.gz"
mv "$work/archive.tar.gz" "$archive"
if command -v lintian >/dev/null; then lintian --fail-on error,warning "$deb"; fi
ls -l "$deb" "$archive"
