#!/bin/sh
# Hunts for shifts of channels, and for nothing else, on every network of the zoo, on those that other people trained, and on the
# clean ones of experiments/verdicts.txt, which it trains; keeps the result files. What is there already is not run again.
#
#   docs/experiments/shifts.sh CHECKPOINTS CIFAR10 [NETWORK...]
#
#   CHECKPOINTS  folder with one folder for each network, as for published-networks.sh
#   CIFAR10      folder with the binary batches of CIFAR-10
#   NETWORK      names of the table, those of the list among them (default: all)
#   WORK         folder for the trained networks, from the environment (default: a new temporary one)
#   OPTIONS      more options of training and scan, from the environment, such as "--threads 1"
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
checkpoints=$(CDPATH='' cd -- "$1" && pwd -P)
cifar10=$(CDPATH='' cd -- "$2" && pwd -P)
shift 2
results=$root/docs/experiments/results/shifts
work=${WORK:-$(mktemp -d)}
wanted=" $* "
mkdir -p "$results" "$work"

asked() { # name
  [ ! -f "$results/$1.json" ] || return 1
  case $wanted in "  " | *" $1 "*) ;; *) return 1 ;; esac
}

hunt() { # name, model, clean images, more arguments
  name=$1 model=$2 clean=$3
  shift 3
  status=0
  # shellcheck disable=SC2086  # several options
  (cd "$checkpoints" && "$root/bin/secateur" scan "$model" --clean "$clean" --triggers shift --json --quiet ${OPTIONS:-} "$@") \
    >"$work/$name.part" || status=$?
  case $status in 0 | 1 | 5) ;; *) exit "$status" ;; esac
  # Without the place of the model on this machine.
  sed "s|\"path\" : \".*\"|\"path\" : \"$name\"|" "$work/$name.part" >"$results/$name.json"
  echo "$name: $(sed -n 's/^  "verdict" : "\(.*\)",$/\1/p' "$results/$name.json")"
}

for name in badnets blend trojan clean-label dynamic wanet clean-0 clean-1; do
  ! asked "$name" || hunt "$name" "zoo:$name" "cifar10:$cifar10"
done
published() { # name, model file, more arguments
  name=$1 file=$2
  shift 2
  ! asked "$name" || hunt "$name" "$name/$file" "cifar10:$cifar10" "$@"
}
published nad-wrn16-1-badnets-grid-t5 WRN-16-1-S-model_best.pth.tar
published ibau-smallvgg-badnets-t8 badnets_8_02_ckpt.pth
published ibau-smallvgg-trojanwm-t2 trojan_wm_2_02_ckpt.pth
published clean-resnet20 resnet20-12fca82f.th --preprocess imagenet

# All but the one that learnt nothing.
grep '^clean-' "$root/experiments/verdicts.txt" | grep -v '^clean-10 ' | while read -r name data arguments; do
  # Its names begin as those of the zoo do.
  asked "small-$name" || continue
  case $data in
    cifar10) data=cifar10:$cifar10 ;;
    *:*) ;;
    *) data=$data: ;;
  esac
  model=$work/$name.safetensors
  # shellcheck disable=SC2086  # a line is words
  [ -f "$model" ] || "$root/bin/secateur" infect $arguments --data "$data" --out "$model" --quiet ${OPTIONS:-} </dev/null
  hunt "small-$name" "$model" "$data" </dev/null
done
