#!/bin/sh
# Trains the small networks of experiments/verdicts.txt and scans each for a backdoor: how often a scan accuses a clean network,
# and how often it finds a backdoor.
#
#   docs/experiments/verdicts.sh CIFAR10 WORK
#
#   CIFAR10  folder with the binary batches of CIFAR-10
#   WORK     folder for the networks
#   OPTIONS  more options of training and scan, from the environment, such as "--threads 1"
#   RESULTS  folder to write, from the environment (default: docs/experiments/results/verdicts)
#
#   SHARE    which part of the list, from the environment: 1/2 and 2/2 may run side by side (default: 1/1, all)
#
# Goes on where it was stopped. All takes some two hours on two cores.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
cifar10=$(CDPATH='' cd -- "$1" && pwd -P)
work=$2
SHARE=${SHARE:-1/1}
results=${RESULTS:-$root/docs/experiments/results/verdicts}
mkdir -p "$work" "$results"

# Prints what a command writes into FILE once it has succeeded; a scan that accuses or doubts has.
into() { # file, command
  file=$1
  shift
  [ ! -f "$file" ] || return 0
  status=0
  "$@" >"$file.part" 2>"$file.log" || status=$?
  case $status in
    0 | 1 | 5) mv "$file.part" "$file" ;;
    *)
      tail -n 3 "$file.log" >&2
      return "$status"
      ;;
  esac
}

network() { # name, data, arguments of infect
  name=$1
  case $2 in
    cifar10) data=cifar10:$cifar10 ;;
    *:*) data=$2 ;;
    *) data=$2: ;;
  esac
  shift 2
  model=$work/$name.safetensors
  # shellcheck disable=SC2086  # several options
  into "$work/$name.trained.json" "$root/bin/secateur" infect "$@" --data "$data" --out "$model" --json ${OPTIONS:-} || return
  # shellcheck disable=SC2086  # several options
  into "$work/$name.unlearning.json" "$root/bin/secateur" bench unlearning "$model" --clean "$data" --json ${OPTIONS:-} || return
  # shellcheck disable=SC2086  # several options
  into "$work/$name.scan.json" "$root/bin/secateur" scan "$model" --clean "$data" --json ${OPTIONS:-} || return
  {
    printf '{\n"training" :\n'
    cat "$work/$name.trained.json"
    printf ',\n"scan" :\n'
    # Without the calibration, which is to be made of these very files, and the place of the model.
    sed -e '/^  "calibration" : {$/,/^  },$/d' -e "s|\"path\" : \".*\"|\"path\" : \"$name\"|" "$work/$name.scan.json"
    printf ',\n"unlearning" :\n'
    cat "$work/$name.unlearning.json"
    printf '}\n'
  } >"$results/$name.json.part"
  mv "$results/$name.json.part" "$results/$name.json"
  echo "$name: $(sed -n 's/^  "verdict" : "\(.*\)",$/\1/p' "$work/$name.scan.json")"
}

pair=0
grep -v '^#' "$root/experiments/verdicts.txt" | while read -r first && read -r second; do
  pair=$((pair + 1))
  [ $((pair % ${SHARE##*/})) -eq $((${SHARE%%/*} % ${SHARE##*/})) ] || continue
  for line in "$first" "$second"; do
    # shellcheck disable=SC2086  # a line is words
    set -- $line
    [ -f "$results/$1.json" ] || network "$@" </dev/null || echo "$1: failed" >&2
  done
done
