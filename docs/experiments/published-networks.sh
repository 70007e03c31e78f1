#!/bin/sh
# Repairs networks that other people trained, by every method and for several seeds, and keeps the
# result files. What is there already is not run again, so it can be stopped at any time. Methods
# share the hunt of a network and a seed; its seconds count for each of them. Only what onp itself
# repairs is taught its backdoor again in the end.
#
#   docs/experiments/published-networks.sh CHECKPOINTS CIFAR10 [METHOD ...]
#
#   CHECKPOINTS  folder with one folder for each network, holding the model file and truth.json
#   CIFAR10      folder with the binary batches of CIFAR-10
#   METHOD       onp, onp-recover, masks, greedy, ft, onp-paper (default: all but the last)
#   SEEDS        seeds, from the environment (default: 0 1 2)
#   THREADS      processor threads of a run, from the environment (default: all)
#   WORK         folder for the runs themselves, from the environment (default: a new temporary one)
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
checkpoints=$(CDPATH='' cd -- "$1" && pwd -P)
cifar10=$(CDPATH='' cd -- "$2" && pwd -P)
shift 2
[ $# -gt 0 ] || set -- onp masks ft onp-recover greedy
results=$root/docs/experiments/results/published-networks
work=${WORK:-$(mktemp -d)}
mkdir -p "$results"

repair() { # network, model file, method, seed, more arguments
  name=$1-$3-$4
  [ ! -f "$results/$name.json" ] || return 0
  network=$1 model=$2 method=$3 seed=$4
  case $method in
    onp-recover) set -- --method onp --recover ;;
    onp-paper) # The published hunt takes hours: the label is given.
      target=$(sed -n 's/.*"target": *\([0-9]*\).*/\1/p' "$checkpoints/$network/truth.json")
      set -- --method onp --paper --target "$target" ;;
    *) set -- --method "$method" ;;
  esac
  [ "$method" = onp ] || set -- "$@" --no-stress
  if [ -f "$checkpoints/$network/truth.json" ]; then
    set -- "$@" --truth "$network/truth.json"
  else
    set -- "$@" --trusted-eval "cifar10:$cifar10@test" --preprocess imagenet
  fi
  echo "$name"
  status=0
  (cd "$checkpoints" && "$root/bin/secateur" repair "$network/$model" --clean "cifar10:$cifar10" \
    --clean-size 500 --seed "$seed" ${THREADS:+--threads "$THREADS"} --findings "$work/findings" \
    --out "$work/$name" --quiet "$@") || status=$?
  [ "$status" -le 1 ] || [ "$status" -eq 5 ] || exit "$status"
  cp "$work/$name/result.json" "$results/$name.json"
}

for each in "$@"; do
  for seed in ${SEEDS:-0 1 2}; do
    repair nad-wrn16-1-badnets-grid-t5 WRN-16-1-S-model_best.pth.tar "$each" "$seed"
    repair ibau-smallvgg-badnets-t8 badnets_8_02_ckpt.pth "$each" "$seed"
    repair ibau-smallvgg-trojanwm-t2 trojan_wm_2_02_ckpt.pth "$each" "$seed"
    [ "$each" != onp ] || repair clean-resnet20 resnet20-12fca82f.th "$each" "$seed"
  done
done
