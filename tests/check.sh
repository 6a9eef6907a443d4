#!/bin/sh
# `make check`: builds plain and sanitized, runs all tests in both, ends with 'N passed, N failed' (and skipped, if any).
#   tests/check.sh [--quick]     --quick: the plain build only.  B=DIRECTORY: build there instead of build/
set -u
cd "$(dirname "$0")/.." || exit 2
tests/packages.sh || exit 2
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
python=/usr/bin/python3 # Debian's, which has python3-zmq and python3-msgpack
root=${B:-build}
logs=$root/check
jobs=$(nproc 2>/dev/null || echo 2)
passed=0
failed=0
skipped=0
rm -rf "$logs"
mkdir -p "$logs"

count() { # PASSED FAILED SKIPPED
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}

build() { # NAME MAKE-ARGUMENTS...
    name=$1
    shift
    echo "== build: $name"
    if ! make -j"$jobs" tests "$@" >"$logs/build-$name.log" 2>&1; then
        grep -E 'error|Error|undefined|warning' "$logs/build-$name.log" | grep -v '^cc\|^gcc\|^clang' | head -20
        echo "the build failed: $logs/build-$name.log"
        count 0 1 0
        return 1
    fi
}

# Time limits are for what hangs: a slow machine is not to reach them.
# One cmocka program. With TAP its lines say 'ok' or 'not ok'; a crash ends it early and counts as one failure more.
unit() { # PROGRAM
    log=$logs/$(echo "$1" | tr / -).log
    CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$1" >"$log" 2>&1
    code=$?
    ok=$(grep -c '^ok ' "$log")
    skip=$(grep -cE '^(ok|not ok) .*# SKIP' "$log")
    bad=$(grep '^not ok ' "$log" | grep -vc '# SKIP')
    okskip=$(grep -c '^ok .*# SKIP' "$log")
    ok=$((ok - okskip))
    if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ $((ok + skip)) = 0 ]; }; then
        bad=1
    fi
    count "$ok" "$bad" "$skip"
    if [ "$bad" = 0 ] && [ "$skip" = 0 ]; then
        echo "$1: $ok passed"
    else
        echo "$1: $ok passed, $bad failed, $skip skipped (exit code $code)"
        [ "$bad" = 0 ] || grep -vE '^(ok|1\.\.)' "$log" | head -40
    fi
}

units() { # BUILD-DIRECTORY
    for source in $(find tests/unit -name '*.c' | sort); do
        unit "$1/unit/$(echo "$source" | sed 's|^tests/unit/||; s|\.c$||')"
    done
}

process() { # BUILD-DIRECTORY FOLDER-OF-TESTS
    log=$logs/$(basename "$2")-$(basename "$1").log
    STANCED_BUILD=$1 timeout 3600 $python tests/process/run.py --in "$2" >"$log.out" 2>"$log"
    code=$?
    grep -v '^result ' "$log.out"
    set -- "$(sed -n 's/^result //p' "$log.out")"
    if [ -z "$1" ]; then
        echo "the process tests did not come to their end (exit code $code)"
        count 0 1 0
    else
        # shellcheck disable=SC2086
        count $1
    fi
    [ "$code" = 0 ] || tail -150 "$log"
}

begun=$(date +%s)
if build plain B="$root"; then
    units "$root"
    echo "== process tests: $root"
    process "$root" tests/process
    echo "== fault tests: $root"
    process "$root" tests/fault
fi
if [ "${1:-}" != --quick ] && build sanitized SANITIZE=1 B="$root/asan"; then
    units "$root/asan"
    echo "== process tests: $root/asan"
    process "$root/asan" tests/process
fi
# Three seconds each: whether anything is found by luck is for `make fuzz`; here every target has to build and know its seeds.
fuzz() {
    if ! command -v clang >/dev/null || [ -z "$(find /usr/lib/llvm-*/lib/clang -name 'libclang_rt.fuzzer-*' 2>/dev/null)" ]; then
        echo 'fuzz targets: skipped, clang or its runtime is missing (clang, libclang-rt-14-dev)'
        count 0 0 1
        return
    fi
    echo '== fuzz targets'
    if ! make -j"$jobs" CC=clang SANITIZE=1 FUZZ=1 B="$root/fuzz" fuzzers >"$logs/build-fuzz.log" 2>&1; then
        grep -E 'error|undefined' "$logs/build-fuzz.log" | head -20
        count 0 1 0
        return
    fi
    tests/fuzz/fuzz.sh "$root/fuzz" 3 >"$logs/fuzz.log"
    cat "$logs/fuzz.log"
    count "$(grep -c 'nothing found$' "$logs/fuzz.log")" "$(grep -c FOUND "$logs/fuzz.log")" 0
}
[ "${1:-}" = --quick ] || fuzz
echo '== scorers'
if $python tests/quality/raw_text.py check; then
    count 1 0 0
else
    count 0 1 0
fi
echo '== architecture'
tests/arch.sh >"$logs/arch.log" 2>&1
cat "$logs/arch.log"
# shellcheck disable=SC2046
count $(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2 0/p' "$logs/arch.log")

echo "took $(($(date +%s) - begun)) s"
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
