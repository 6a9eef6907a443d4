#!/bin/sh
# The rules of the house that a compiler does not know. One line a broken rule; the last line 'N passed, N failed'.
cd "$(dirname "$0")/.." || exit 2
passed=0
failed=0
verdict() { # NAME OFFENDERS
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "architecture: $1:" >&2
        printf '%s\n' "$2" | sed 's/^/    /' >&2
    fi
}
# Files in which a pattern stands, but for those allowed.
offenders() { # PATTERN ALLOWED-REGEX DIRS...
    pattern=$1 allowed=$2
    shift 2
    grep -rlE --include='*.c' --include='*.h' "$pattern" "$@" 2>/dev/null | grep -vE "^($allowed)$"
}
include() { echo "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)"; }
code='proto daemon workers clients'

# shellcheck disable=SC2086
{
verdict 'zmq.h belongs to the bridge and the endpoints' \
    "$(offenders "$(include 'zmq\.h')" 'daemon/bridge\.c|workers/task\.c|clients/link\.c' $code)"
verdict 'lmdb.h belongs to daemon/store.c' "$(offenders "$(include 'lmdb\.h')" 'daemon/store\.c' $code)"
verdict 'the tables within the turn belong to the store' \
    "$(offenders "$(include 'daemon/store_turn\.h')" 'daemon/store(_records)?\.c' $code)"
verdict 'msgpack.h belongs to proto' "$(offenders "$(include 'msgpack')" 'proto/[a-z_]*\.c' $code)"
verdict 'libevent belongs to daemon' "$(offenders "$(include 'event2/|event\.h|evhttp\.h')" 'daemon/.*' $code)"
verdict 'sodium.h belongs to proto and daemon/auth.c' "$(offenders "$(include 'sodium')" 'proto/.*|daemon/auth\.c' $code)"
verdict 'jansson.h belongs to proto/json.c and clients/articles.c' "$(offenders "$(include 'jansson')" 'proto/json\.c|clients/articles\.c' $code)"
verdict 'seccomp.h and landlock.h belong to workers/confine.c' "$(offenders "$(include 'seccomp|linux/landlock')" 'workers/confine\.c' $code)"
verdict 'systemd belongs to daemon/service.c' "$(offenders "$(include 'systemd/')" 'daemon/service\.c' $code)"
verdict 'proto includes nobody above it' "$(offenders "$(include 'daemon/|workers/|clients/')" '' proto)"
verdict 'proto/base includes only itself and proto/reason.h' \
    "$(grep -nE "$(include 'proto/')" proto/base/*.[ch] | grep -vE 'proto/(base/|reason\.h)')"
verdict 'daemon includes neither workers nor clients' "$(offenders "$(include 'workers/|clients/')" '' daemon)"
verdict 'workers include neither daemon nor clients' "$(offenders "$(include 'daemon/|clients/')" '' workers)"
verdict 'clients include neither daemon nor workers' "$(offenders "$(include 'daemon/|workers/')" '' clients)"
verdict 'pure decisions read no clock and no socket' \
    "$(grep -nE 'clock_(mono|wall)_ms\(|gettimeofday|time\(NULL|bridge_|loop_' daemon/lease.c daemon/filter.c 2>/dev/null)"
verdict 'nothing is left open' "$(grep -rnE 'TODO|FIXME' --include='*.[ch]' --include='*.py' --include='*.sh' $code tests Makefile 2>/dev/null | grep -v '^tests/arch\.sh:')"
}

# The map of the README: every path that a table row names has to be there.
gone=$(grep '^|' README.md 2>/dev/null | grep -oE '`[a-zA-Z0-9_./-]+`' | tr -d '`' |
    grep -E '^(proto|daemon|workers|clients|config|tests|systemd|man|debian|\.ci|Makefile)' | sort -u |
    while read -r path; do [ -e "$path" ] || echo "$path is not there"; done)
verdict "the README's tables name paths that exist" "$gone"
[ -e README.md ] || verdict 'README.md' 'is missing'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
