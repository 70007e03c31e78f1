#!/bin/sh
# What a new user waits for, from a fresh clone: the demo with the program's first build, and all tests. Needs what the first
# command of the README needs, and dependencies fetched before.
#
#   docs/experiments/first-use.sh PROCESSOR
#
#   PROCESSOR  name for the files, such as amd-zen5; the machine should do nothing else
#   WORK       folder for the clone, from the environment (default: a new temporary one)
#   RESULTS    folder to write, from the environment (default: docs/experiments/results/first-use)
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
processor=$1
work=${WORK:-$(mktemp -d)}
results=${RESULTS:-$root/docs/experiments/results/first-use}
mkdir -p "$work" "$results"
rm -rf "$work/clone"
git clone -q "$root" "$work/clone"
cd "$work/clone"

start=$(date +%s)
bin/secateur demo --quiet
demo=$(($(date +%s) - start))

start=$(date +%s)
mvn -o -q -B clean verify
verify=$(($(date +%s) - start))

cp secateur-demo/repair/result.json "$results/$processor-demo.json"
cat >"$results/$processor.json" <<RESULT
{
  "processor" : "$processor",
  "cores" : $(nproc),
  "commit" : "$(git rev-parse --short HEAD)",
  "demoSeconds" : $demo,
  "verifySeconds" : $verify
}
RESULT
cat "$results/$processor.json"
