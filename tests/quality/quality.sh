#!/bin/sh
# Accuracy on the data beside the checkout ($STANCED_SHARED or ../shared): words, trees, names; articles, attributions,
# classes. Prints one table; without the data it says so and succeeds. Arguments: the parts of quality.py to run.
set -eu
cd "$(dirname "$0")/../.."
shared=${STANCED_SHARED:-../shared}
code=${STANCE_CODE:-build/stance-code}
if [ ! -d "$shared/eval" ] || [ ! -d "$shared/data" ]; then
    echo "quality: skipped, no data beside the checkout ($shared)"
    exit 0
fi
[ -x "$code" ] || { echo "quality: $code is missing, run make first" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
PYTHONDONTWRITEBYTECODE=1 python3 tests/quality/quality.py "$shared" "$code" "$dir" "$@"
