#!/bin/sh
# Runs the fuzz targets, each for so many seconds from a fixed seed: tests/fuzz/fuzz.sh FOLDER-OF-TARGETS SECONDS [NAME...]
# NAME: of a target, as "http"; without any: all of them.
# One line a target; what it found stays in FOLDER/found. Exit code 1 when anything was found.
set -u
cd "$(dirname "$0")/../.." || exit 2
folder=$1 seconds=$2 bad=0
shift 2
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 STANCED_CONFIG_DIR="$PWD/config"
/usr/bin/python3 tests/fuzz/corpus.py "$folder/seeds" || exit 2
mkdir -p "$folder/found"
for target in "$folder"/fuzz_*; do
    [ -x "$target" ] && [ ! -d "$target" ] || continue
    name=$(basename "$target" | sed 's/^fuzz_//')
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    mkdir -p "$folder/corpus/$name" "$folder/seeds/$name"
    # some targets say much on stderr: only what libFuzzer says is wanted
    if timeout $((seconds * 3 + 600)) "$target" -seed=1 -max_total_time="$seconds" -max_len=8192 -timeout=60 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$folder/found/$name-" "$folder/corpus/$name" "$folder/seeds/$name" >"$folder/$name.log" 2>&1; then
        echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log") inputs in $seconds s, nothing found"
    else
        bad=1
        echo "fuzz $name: FOUND something, see $folder/$name.log and $folder/found/"
        grep -E 'ERROR|SUMMARY|runtime error|fuzz_.*:[0-9]+:' "$folder/$name.log" | head -5
    fi
done
exit $bad
