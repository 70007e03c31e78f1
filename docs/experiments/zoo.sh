#!/bin/sh
# Trains the networks of the zoo again and measures how hard their backdoors are to remove by plain fine-tuning.
#
#   docs/experiments/zoo.sh DATA OUT [NAME...]     e.g. cifar10:cifar10 made badnets blend
#
# Goes on where it was stopped. Without names: the eight of half width on CIFAR-10, which takes hours on two cores.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
data=$1
out=$2
shift 2
[ $# -gt 0 ] || set -- badnets blend clean-0 trojan clean-label dynamic wanet clean-1
mkdir -p "$out"
for name in "$@"; do
  [ -f "$out/$name.result.json" ] || "$root/bin/secateur" zoo make "$name" --data "$data" --out "$out"
  truth=
  [ ! -f "$out/$name.truth.json" ] || truth="--truth=$out/$name.truth.json"
  [ -f "$out/$name-fine-tuning.json" ] || {
    # shellcheck disable=SC2086  # no truth, no option
    "$root/bin/secateur" bench fine-tuning "$out/$name.safetensors" --data "$data" $truth --json \
      >"$out/$name-fine-tuning.json.part"
    mv "$out/$name-fine-tuning.json.part" "$out/$name-fine-tuning.json"
  }
done
