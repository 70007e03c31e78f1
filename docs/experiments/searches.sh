#!/bin/sh
# Every search of a list in experiments/ on stored networks of the zoo, under the triggers of one hunt each.
#   docs/experiments/searches.sh CIFAR10_DIR [NETWORK...]
# LIST says which list (default: searches, for experiments/searches.yaml), SEEDS which seeds. Results that are there are kept.
set -eu
data=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
list=${LIST:-searches}
results=$root/docs/experiments/results/$list
mkdir -p "$results"
[ $# -gt 0 ] || set -- badnets trojan blend wanet
for network in "$@"; do
  for seed in ${SEEDS:-0 1 2}; do
    result=$results/$network-$seed.json
    [ -f "$result" ] && continue
    "$root/bin/secateur" bench search "zoo:$network" --data "cifar10:$data" \
      --searches "$root/experiments/$list.yaml" --seed "$seed" --json > "$result.part"
    sed "s|\"$root/|\"|" "$result.part" > "$result"
    rm "$result.part"
  done
done
