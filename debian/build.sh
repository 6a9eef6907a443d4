#!/bin/sh
# `make deb`: the Debian packages of what is in this checkout, into build/deb (or the folder given).
set -eu
cd "$(dirname "$0")/.."
tests/packages.sh dpkg-dev debhelper fakeroot lowdown
out=$(pwd)/${1:-build/deb}
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
rm -rf "$out"
mkdir -p "$out/stanced-$version"
# A copy, because dpkg-buildpackage writes beside its folder; of a checkout what git knows or could know.
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh
else
    find . -path ./build -prune -o -type f -print0
fi | tar -c --null -T - | tar -x -C "$out/stanced-$version"
cd "$out/stanced-$version"
export DEB_BUILD_OPTIONS="parallel=${JOBS:-2}"
dpkg-buildpackage --build=binary --no-sign >"$out/build.log" 2>&1 || { tail -40 "$out/build.log"; exit 1; }
cd "$out"
rm -r "stanced-$version"
ls -l ./*.deb
