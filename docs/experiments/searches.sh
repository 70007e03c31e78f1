#!/bin/sh
# Every search of experiments/searches.yaml on stored networks of the zoo, three seeds each.
#   docs/experiments/searches.sh CIFAR10_DIR [NETWORK...]
# SEEDS says which seeds. Results that are there are kept.
set -eu
data=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
results=$root/docs/experiments/results/searches
mkdir -p "$results"
[ $# -gt 0 ] || set -- badnets trojan blend wanet
for network in "$@"; do
  for seed in ${SEEDS:-0 1 2}; do
    result=$results/$network-$seed.json
    [ -f "$result" ] && continue
    "$root/bin/secateur" bench search "zoo:$network" --data "cifar10:$data" \
      --searches "$root/experiments/searches.yaml" --seed "$seed" --json > "$result.part"
    mv "$result.part" "$result"
  done
done
