#!/bin/sh
# `make check-deb`: the packages are built twice, in different folders and at different times, to the same bytes; lintian
# finds no error; the units are right and closed; the man pages are clean.
set -eu
cd "$(dirname "$0")/.."
tests/packages.sh dpkg-dev debhelper fakeroot lowdown lintian mandoc systemd
failed=0
verdict() { # NAME STATUS
    if [ "$2" = 0 ]; then echo "ok: $1"; else echo "FAILED: $1"; failed=1; fi
}

debian/build.sh build/deb >/dev/null
debian/build.sh build/deb-again/elsewhere >/dev/null
same=0
for package in build/deb/*.deb; do
    cmp "$package" "build/deb-again/elsewhere/$(basename "$package")" || same=1
done
verdict 'built twice, the same bytes' $same
rm -rf build/deb-again

lintian --allow-root --fail-on error build/deb/*.changes && code=0 || code=$?
verdict 'lintian' $code

root=build/deb/root
rm -rf $root
for package in build/deb/*.deb; do dpkg-deb -x "$package" $root; done
code=0
for page in "$root"/usr/share/man/man*/*.gz; do
    gunzip -c "$page" | mandoc -T lint -W warning || { echo "$page"; code=1; }
done
verdict 'man pages' $code
# A program on libstance, as the package installs it.
cat >"$root/try.c" <<'END'
#include <clients/libstance.h>
int main(void)
{
    struct reason why;
    struct stance_feed *f = stance_feed_open(&(struct stance_feed_options){.endpoint = "ipc:///nowhere"}, &why);
    stance_feed_close(f);
    return f ? 0 : 1;
}
END
flags=$(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable="prefix=$(pwd)/$root/usr" --cflags --libs libstance)
# shellcheck disable=SC2086
gcc -std=c17 -Wall -Werror -o "$root/try" "$root/try.c" $flags && "$root/try" && code=0 || code=$?
verdict 'libstance links' $code

# The units, with the programs where they lie here.
code=0
mkdir "$root/units"
for unit in stanced stance-worker@; do
    sed "s|=/usr/bin/|=$(pwd)/$root/usr/bin/|" "$root/lib/systemd/system/$unit.service" >"$root/units/$unit.service"
    systemd-analyze verify --man=no "$root/units/$(echo $unit | sed 's/@/@1/').service" || code=1
    systemd-analyze security --offline=yes --threshold=12 --no-pager "$root/units/$unit.service" >"$root/level" 2>&1 || code=1
    tail -1 "$root/level"
done
verdict 'units: verified, exposure at most 1.2' $code
exit $failed
