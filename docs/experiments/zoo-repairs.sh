#!/bin/sh
# Repairs the stored networks of the zoo with the defaults, for several seeds, and keeps the result
# files. What is there already is not run again; a run that was stopped goes on.
#
#   docs/experiments/zoo-repairs.sh DATA [NAME...]     e.g. cifar10:cifar10 badnets blend
#
#   DATA     CIFAR-10, as commands take it
#   NAME     networks of the zoo (default: the six infected ones and the clean ones)
#   SEEDS    seeds, from the environment (default: 0 1 2)
#   THREADS  processor threads of a run, from the environment (default: all)
#   WORK     folder for the runs themselves, from the environment (default: a new temporary one)
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
data=$1
shift
[ $# -gt 0 ] || set -- badnets blend trojan clean-label dynamic wanet clean-0 clean-1
results=$root/docs/experiments/results/zoo
work=${WORK:-$(mktemp -d)}
mkdir -p "$results" "$work"
cd "$root"
for seed in ${SEEDS:-0 1 2}; do
  for name in "$@"; do
    run=$name-onp-$seed
    [ ! -f "$results/$run.json" ] || continue
    truth=
    [ ! -f "zoo/$name.truth.json" ] || truth="--truth=zoo/$name.truth.json"
    echo "$run"
    status=0
    # shellcheck disable=SC2086  # no truth, no option
    bin/secateur repair "zoo:$name" --clean "$data" --trusted-eval "$data" $truth --seed "$seed" \
      ${THREADS:+--threads "$THREADS"} --out "$work/$run" --quiet || status=$?
    [ "$status" -le 1 ] || [ "$status" -eq 5 ] || exit "$status"
    sed "s|\"$root/|\"|" "$work/$run/result.json" >"$results/$run.json"
  done
done
