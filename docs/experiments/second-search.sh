#!/bin/sh
# What a repair's searches after the first one buy, and what they cost: the network after the first search and
# the one that the repair left, measured on the images of the defender's share, so that rules may be chosen by it.
#
#   docs/experiments/second-search.sh DATA WORK [NAME...]     e.g. cifar10:cifar10 runs badnets
#
#   WORK  folder of the runs, as docs/experiments/zoo-repairs.sh was given it
#   SEED  seed of the runs, from the environment (default: 0)
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
data=$1
work=$(CDPATH='' cd -- "$2" && pwd -P)
shift 2
[ $# -gt 0 ] || set -- badnets blend trojan clean-label dynamic
results=$root/docs/experiments/results/second-search
mkdir -p "$results"
cd "$root"

measure() { # network, model, result
  [ ! -f "$results/$3.json" ] || return 0
  bin/secateur evaluate "$2" --data "$data@defender" --truth "zoo/$1.truth.json" --json --quiet \
    | sed "s|\"$work/|\"|" >"$results/$3.json.part"
  mv "$results/$3.json.part" "$results/$3.json"
}

for name in "$@"; do
  run=$work/$name-onp-${SEED:-0}
  # The position of the mask that the first search chose, among those of all searches.
  point=$(sed -n 's/^ *"chosen" *: *\([0-9]*\).*/\1/p' "$run/result.json" | head -n 1)
  [ -f "$run/point-$point.safetensors" ] \
    || bin/secateur repair "zoo:$name" --clean "$data" --out "$run" --point "$point" --quiet
  sed "s|\"$root/|\"|" "$run/result.json" >"$results/$name-repair.json"
  measure "$name" "zoo/$name.safetensors" "$name-as-it-came"
  measure "$name" "$run/point-$point.safetensors" "$name-first"
  measure "$name" "$run/repaired.safetensors" "$name-all"
done
