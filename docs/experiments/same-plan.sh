#!/bin/sh
# Repairs one network twice, as safetensors and as the ONNX file that convert makes of it, with the same seed, and says whether
# both plans are the same. Two runs of the default repair; none is done again that WORK holds.
#
#   docs/experiments/same-plan.sh CIFAR10
#
#   CIFAR10  folder with the binary batches of CIFAR-10
#   MODEL    network of the zoo, from the environment (default: badnets)
#   SEED     from the environment (default: 0)
#   WORK     folder for the runs, from the environment (default: a new temporary one)
#   OPTIONS  more options of both repairs, from the environment, such as "--time-budget 1m"
#   DATA     other data than CIFAR-10, from the environment, such as shapes:
#   SIZE     of the clean sample, from the environment (default: 500)
#   RESULT   file to write, from the environment (default: docs/experiments/results/same-plan.json)
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
data=${DATA:-cifar10:$(CDPATH='' cd -- "$1" && pwd -P)}
model=${MODEL:-badnets}
seed=${SEED:-0}
work=${WORK:-$(mktemp -d)}
result=${RESULT:-$root/docs/experiments/results/same-plan.json}
tensors=$root/zoo/$model.safetensors
mkdir -p "$work"

[ -f "$work/$model.onnx" ] || "$root/bin/secateur" convert "$tensors" "$work/$model.onnx" --quiet

repair() { # model file, folder
  [ ! -f "$work/$2/result.json" ] || return 0
  status=0
  # shellcheck disable=SC2086  # several options
  "$root/bin/secateur" repair "$1" --clean "$data" --clean-size "${SIZE:-500}" --seed "$seed" --out "$work/$2" --quiet \
    ${OPTIONS:-} || status=$?
  [ "$status" -le 1 ] || [ "$status" -eq 5 ] || exit "$status"
}
repair "$tensors" safetensors
repair "$work/$model.onnx" onnx

# The channels of a plan, one a line, without scores: those may differ in their last digits.
channels() {
  tr -d ' \n' <"$1" | grep -o '"layer":"[^"]*","index":[0-9]*' || :
}
verdict() {
  sed -n 's/^  "verdict" : "\([a-z-]*\)".*/\1/p' "$1" | head -n 1
}
channels "$work/safetensors/plan.json" >"$work/safetensors.channels"
channels "$work/onnx/plan.json" >"$work/onnx.channels"
same=false
cmp -s "$work/safetensors.channels" "$work/onnx.channels" && same=true
alike=false
sed '/sha256/d' "$work/safetensors/plan.json" >"$work/safetensors.plan"
sed '/sha256/d' "$work/onnx/plan.json" >"$work/onnx.plan"
cmp -s "$work/safetensors.plan" "$work/onnx.plan" && alike=true

mkdir -p "$(dirname "$result")"
cat >"$result" <<END
{
  "schemaVersion" : 1,
  "model" : "$model",
  "data" : "${data%%:*}",
  "seed" : $seed,
  "options" : "${OPTIONS:-}",
  "samePlan" : $same,
  "sameScoresAndReasons" : $alike,
  "safetensors" : {
    "verdict" : "$(verdict "$work/safetensors/result.json")",
    "channels" : $(wc -l <"$work/safetensors.channels" | tr -d ' ')
  },
  "onnx" : {
    "verdict" : "$(verdict "$work/onnx/result.json")",
    "channels" : $(wc -l <"$work/onnx.channels" | tr -d ' ')
  }
}
END
cat "$result"
[ "$same" = true ]
