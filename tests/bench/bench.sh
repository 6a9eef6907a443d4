#!/bin/sh
# `make bench`: the whole daemon with two workers, the daemon with workers that classify nothing, and the raw ZeroMQ skeleton
# of the same shape: the same articles, in turns, in one run. Then the engine: engine.py. Medians of ROUNDS (default 3).
#   bench.sh [engine]     engine: only that
set -eu
cd "$(dirname "$0")/../.."
build=${STANCED_BUILD:-build}
rounds=${ROUNDS:-3}
engine() { python3 tests/bench/engine.py "$build/stance-code" "${STANCED_SHARED:-../shared}"; }
if [ "${1:-}" = engine ]; then
    engine
    exit
fi
stories=tests/data/stories.jsonl
sockets=$(mktemp -d /tmp/stanced-b.XXXXXX) # short: a socket's path has at most 107 bytes
results=$sockets/results
store=$(mktemp -d "$build/bench-store.XXXXXX") # on the disk of the checkout: /tmp may be memory
pid=
cleanup() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi
    wait 2>/dev/null || true
    rm -rf "$sockets" "$store"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

start_daemon() { # COMMAND (empty: the real workers)
    rm -rf "${store:?}"/* "$sockets"/*.sock
    {
        printf '[store]\npath = %s/store\nmap_size = 2G\n' "$(realpath "$store")"
        printf '[workers]\ncount = 2\n'
        [ -z "$1" ] || printf 'command = %s\n' "$1"
        printf '[endpoints]\nhttp =\n'
        for e in intake work live stream control; do printf '%s = ipc://%s/%s.sock\n' "$e" "$sockets" "$e"; done
    } >"$sockets/conf"
    STANCED_CONFIG_DIR=${STANCED_CONFIG_DIR:-$PWD/config} "$build/stanced" -c "$sockets/conf" 2>"$sockets/log" &
    pid=$!
    for _ in $(seq 200); do # both workers are up
        up=$("$build/stance" status --json -c "$sockets/conf" 2>/dev/null | grep -o '"version":"[^"]*","model":"' | wc -l) || up=0
        [ "$up" -ge 2 ] && return
        sleep 0.1
    done
    cat "$sockets/log" >&2
    exit 1
}

stop() {
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    pid=
}

measure() { # NAME KIND COUNT-FAST COUNT-PACED RATE EVENTS
    fast=$("$build/bench/load" "$2" "ipc://$sockets/intake.sock" "ipc://$sockets/$6.sock" "$stories" "$3" 0)
    echo "$1 fast $fast" >>"$results"
}
paced() {
    slow=$("$build/bench/load" "$2" "ipc://$sockets/intake.sock" "ipc://$sockets/$6.sock" "$stories" "$4" "$5")
    echo "$1 paced $slow" >>"$results"
}

one() { # NAME KIND COUNT-FAST COUNT-PACED RATE EVENTS START...; each measurement with a fresh start
    name=$1 kind=$2 n=$3 m=$4 rate=$5 events=$6
    shift 6
    "$@" && measure "$name" "$kind" "$n" "$m" "$rate" "$events" && stop
    "$@" && paced "$name" "$kind" "$n" "$m" "$rate" "$events" && stop
}

start_skeleton() {
    rm -f "$sockets"/*.sock
    "$build/bench/skeleton" "ipc://$sockets/intake.sock" "ipc://$sockets/work.sock" "ipc://$sockets/results.sock" "ipc://$sockets/live.sock" &
    pid=$!
}

paced_rate=${RATE:-200}
for round in $(seq "$rounds"); do
    echo "round $round of $rounds" >&2
    one skeleton raw 60000 1000 "$paced_rate" live start_skeleton
    one wheel stanced 30000 1000 "$paced_rate" stream start_daemon "$(realpath "$build")/bench/null_worker"
    one whole stanced "${COUNT:-3000}" 1000 "$paced_rate" stream start_daemon ''
done

median() { # NAME fast|paced COLUMN
    awk -v n="$1" -v k="$2" -v c="$3" '$1 == n && $2 == k { print $c }' "$results" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
row() { # NAME TITLE
    rate=$(median "$1" fast 3)
    base=$(median skeleton fast 3)
    printf '| %-52s | %9s | %7s | %9s | %9s |\n' "$2" "$rate" "$(awk -v a="$rate" -v b="$base" 'BEGIN { printf "%.3f", a / b }')" \
        "$(median "$1" paced 4 | awk '{ printf "%.2f", $1 / 1000 }')" "$(median "$1" paced 5 | awk '{ printf "%.2f", $1 / 1000 }')"
}
words=$(awk '{ w += NF } END { printf "%d", w / NR }' "$stories")
echo
echo "Articles of about $words words, 2 workers, ipc, $(nproc) cores; medians of $rounds rounds; latency from feed to first event at $paced_rate articles/s"
echo
printf '| %-52s | %9s | %7s | %9s | %9s |\n' '' 'articles/s' 'ratio' 'p50 ms' 'p99 ms'
echo '| --- | ---: | ---: | ---: | ---: |'
row skeleton 'raw ZeroMQ of the same shape, nothing stored'
row wheel 'stanced, workers that classify nothing'
row whole 'stanced, whole: every event classified and on disk'
echo
engine
