#!/bin/sh
# Measures which channels the true trigger of every infected network of the zoo, and of those that other people trained, moves, and
# whether they keep their numbers from block to block; then the same triggers on a clean network. Keeps result files and a few
# pictures. What is there already is not measured again.
#
#   docs/experiments/overlap.sh CHECKPOINTS CIFAR10
#
#   CHECKPOINTS  folder with one folder for each network, as for published-networks.sh
#   CIFAR10      folder with the binary batches of CIFAR-10
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
checkpoints=$(CDPATH='' cd -- "$1" && pwd -P)
cifar10=$(CDPATH='' cd -- "$2" && pwd -P)
results=$root/docs/experiments/results/overlap
pictures=$root/docs/pictures
mkdir -p "$results"

overlap() { # name, model, truth
  [ ! -f "$results/$1.json" ] || return 0
  echo "$1"
  picture=
  case $1 in badnets | clean-0-badnets | wanet) picture="--picture=$pictures/overlap-$1.svg" ;; esac
  # shellcheck disable=SC2086  # no picture, no option
  (cd "$checkpoints" && "$root/bin/secateur" bench overlap "$2" --truth "$3" --data "cifar10:$cifar10" --json --quiet $picture) \
    >"$results/$1.json.part"
  # Without the place of the model on this machine.
  sed "s|\"$root/|\"|" "$results/$1.json.part" >"$results/$1.json"
  rm "$results/$1.json.part"
}

for name in badnets blend trojan clean-label dynamic wanet; do
  overlap "$name" "zoo:$name" "$root/zoo/$name.truth.json"
done
for name in badnets blend wanet; do
  overlap "clean-0-$name" zoo:clean-0 "$root/zoo/$name.truth.json"
done
nad=nad-wrn16-1-badnets-grid-t5 badnets=ibau-smallvgg-badnets-t8 trojan=ibau-smallvgg-trojanwm-t2
overlap $nad $nad/WRN-16-1-S-model_best.pth.tar $nad/truth.json
overlap $badnets $badnets/badnets_8_02_ckpt.pth $badnets/truth.json
overlap $trojan $trojan/trojan_wm_2_02_ckpt.pth $trojan/truth.json
