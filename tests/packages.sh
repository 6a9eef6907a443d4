#!/bin/sh
# Installs the Debian packages that building, testing and the demo need, if any is missing. Says which; asks nothing.
#   tests/packages.sh [PACKAGE...]     those named besides
set -eu
need="gcc make pkg-config libzmq3-dev libmsgpack-dev libevent-dev liblmdb-dev libsystemd-dev libinih-dev libjansson-dev
libsodium-dev libseccomp-dev libcmocka-dev iproute2 nftables python3 python3-zmq python3-msgpack $*"
missing=
for p in $need; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
echo "installing missing packages:$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >&2
# shellcheck disable=SC2086
$sudo apt-get install -y -q --no-install-recommends $missing >&2
