#!/bin/sh
# `make demo`: a daemon with two workers in a temporary directory, our own stories in, the events as a table.
set -eu
cd "$(dirname "$0")/.."
build=${STANCED_BUILD:-build}
dir=$(mktemp -d /tmp/stanced-demo.XXXXXX)
pid=
cleanup() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi
    rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP PIPE

cat >"$dir/stanced.conf" <<CONF
[store]
path = $dir/store
map_size = 64M
[workers]
count = 2
[endpoints]
intake = ipc://$dir/intake.sock
work = ipc://$dir/work.sock
live = ipc://$dir/live.sock
stream = ipc://$dir/stream.sock
control = ipc://$dir/control.sock
http =
CONF

echo "== A daemon with two workers, all of it in $dir"
STANCED_CONFIG_DIR=${STANCED_CONFIG_DIR:-$PWD/config} "$build/stanced" -c "$dir/stanced.conf" 2>"$dir/log" &
pid=$!
if ! "$build/stance" status -c "$dir/stanced.conf" --timeout 60 >/dev/null; then
    cat "$dir/log" >&2
    exit 1
fi

echo "== stance feed: $(wc -l <tests/data/stories.jsonl) stories as JSON Lines, one as ninjs, one as plain text"
"$build/stance" feed -c "$dir/stanced.conf" tests/data/stories.jsonl tests/data/ninjs.json tests/data/story.txt
echo "== the same again does no harm:"
"$build/stance" feed -c "$dir/stanced.conf" tests/data/stories.jsonl

echo "== stance watch --until-idle: number, who, what, toward whom, stance, in the article's words"
"$build/stance" watch -c "$dir/stanced.conf" --until-idle

echo
echo "== stance watch --where 'act=SANCTION,THREATEN,REJECT': only the conflicts"
"$build/stance" watch -c "$dir/stanced.conf" --until-idle --where 'act=SANCTION,THREATEN,REJECT'

echo
echo "== one event as JSON"
"$build/stance" watch -c "$dir/stanced.conf" --json --count 1

echo
echo "== stance status"
"$build/stance" status -c "$dir/stanced.conf"

echo
echo "== SIGTERM: the daemon stops cleanly"
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
pid=
if [ "$code" != 0 ]; then
    cat "$dir/log" >&2
    echo "the daemon ended with $code" >&2
    exit 1
fi
echo "it ended with 0"
