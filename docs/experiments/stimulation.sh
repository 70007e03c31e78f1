#!/bin/sh
# Prunes the channels that say a label by themselves, without a hunt, on every network of the zoo and on those that other people
# trained, and keeps the result files; then what other methods make of the input-aware network. What is there already is not run
# again.
#
#   docs/experiments/stimulation.sh CHECKPOINTS CIFAR10
#
#   CHECKPOINTS  folder with one folder for each network, as for published-networks.sh
#   CIFAR10      folder with the binary batches of CIFAR-10
#   WORK         folder for the runs, from the environment (default: a new temporary one)
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
checkpoints=$(CDPATH='' cd -- "$1" && pwd -P)
cifar10=$(CDPATH='' cd -- "$2" && pwd -P)
results=$root/docs/experiments/results/stimulation
work=${WORK:-$(mktemp -d)}
mkdir -p "$results/rivals" "$work/rivals"

repair() { # name, model, more arguments
  name=$1 model=$2
  shift 2
  [ ! -f "$results/$name.json" ] || return 0
  echo "$name"
  status=0
  (cd "$checkpoints" && "$root/bin/secateur" repair "$model" --clean "cifar10:$cifar10" --clean-size 500 --seed 0 \
    --no-stress --trusted-eval "cifar10:$cifar10@test" --out "$work/$name" --quiet "$@") || status=$?
  [ "$status" -le 1 ] || [ "$status" -eq 5 ] || exit "$status"
  # Without the place of the model on this machine.
  sed "s|\"$root/|\"|" "$work/$name/result.json" >"$results/$name.json"
}
treat() {
  repair "$@" --method stimulation --set hunt=false
}

for name in badnets blend trojan clean-label dynamic wanet; do
  treat "$name" "zoo:$name" --truth "$root/zoo/$name.truth.json"
done
for name in clean-0 clean-1; do
  treat "$name" "zoo:$name"
done
nad=nad-wrn16-1-badnets-grid-t5 badnets=ibau-smallvgg-badnets-t8 trojan=ibau-smallvgg-trojanwm-t2
treat $nad $nad/WRN-16-1-S-model_best.pth.tar --truth $nad/truth.json
treat $badnets $badnets/badnets_8_02_ckpt.pth --truth $badnets/truth.json
treat $trojan $trojan/trojan_wm_2_02_ckpt.pth --truth $trojan/truth.json
treat clean-resnet20 clean-resnet20/resnet20-12fca82f.th --preprocess imagenet

truth=$root/zoo/dynamic.truth.json
repair rivals/clp zoo:dynamic --truth "$truth" --method clp --set hunt=false
repair rivals/rnp zoo:dynamic --truth "$truth" --method rnp --set hunt=false
repair rivals/onp-label-named zoo:dynamic --truth "$truth" --method onp --target 0
