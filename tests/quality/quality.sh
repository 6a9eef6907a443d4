#!/bin/sh
# Accuracy on our own texts and on the data beside the checkout ($STANCED_SHARED or ../shared): words, trees, names;
# articles, attributions, classes; actors; silence. Prints one table; without the data it says so, does the parts `cases`
# and `negatives` alone and succeeds. Arguments: the parts of quality.py to
# run, and copies.
set -eu
cd "$(dirname "$0")/../.."
# Copies of one story: our own texts, through a daemon.
case " $* " in
"  " | *" copies "*) [ ! -x build/stanced ] || /usr/bin/python3 tests/quality/copies.py ;;
esac
[ "$*" != copies ] || exit 0
shared=${STANCED_SHARED:-../shared}
code=${STANCE_CODE:-build/stance-code}
[ -x "$code" ] || { echo "quality: $code is missing, run make first" >&2; exit 1; }
if [ "$*" != cases ] && [ "$*" != negatives ] && { [ ! -d "$shared/eval" ] || [ ! -d "$shared/data" ]; }; then
    echo "quality: skipped all but cases and negatives, no data beside the checkout ($shared)"
    set -- cases negatives
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
PYTHONDONTWRITEBYTECODE=1 python3 tests/quality/quality.py "$shared" "$code" "$dir" "$@"
