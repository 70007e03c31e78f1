#!/bin/sh
# Measures how long spark.yaml takes in one process, and on standalone clusters on this machine of one and two
# workers, each with one core. Takes some minutes and says little on a machine that has other work to do.
#
#   docs/experiments/spark.sh
#
#   PORT     of the cluster, from the environment (default: 17077)
#   WORKERS  clusters to measure, from the environment (default: 1 2)
set -eu

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
plan=$root/docs/experiments/spark.yaml
results=$root/docs/experiments/results/spark
master=spark://127.0.0.1:${PORT:-17077}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
daemons=
load=$(sed 's/ .*//' /proc/loadavg 2>/dev/null || :) # of others, before there is one of ours
export SPARK_HOME="$root/spark/target/spark" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_DIRS="$work/local"

stop() {
  # shellcheck disable=SC2086  # process ids
  [ -z "$daemons" ] || kill $daemons 2>/dev/null || :
  daemons=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

daemon() { # log, what its log says when it is ready, class, arguments
  log=$1 ready=$2 class=org.apache.spark.deploy.$3
  shift 3
  "$java" -Xmx256m -cp "$SPARK_HOME/jars/*" "$class" "$@" >"$log" 2>&1 &
  daemons="$daemons $!"
  until grep -q "$ready" "$log"; do
    kill -0 "$!" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 1
  done
}

bench() { # workers; more arguments
  out=$work/out-$1
  workers=$1
  shift
  mkdir -p "$out"
  [ ! -d "$work/out-train/models" ] || cp -R "$work/out-train/models" "$out/models"
  begin=$(date +%s)
  "$root/bin/secateur" bench "$plan" --out "$out" --quiet "$@" >"$out/said"
  end=$(date +%s)
  cells=$(find "$out/cells" -name '*.json' | wc -l)
  runs="${runs:+$runs, }{\"workers\": $workers, \"cells\": $((cells)), \"seconds\": $((end - begin))}"
}

# Trains the model, and has everything built and unpacked before the first measurement.
"$root/bin/secateur" bench --master local --help >/dev/null
runs=
bench train

runs=
bench 0
for count in ${WORKERS:-1 2}; do
  daemon "$work/master.log" 'New state: ALIVE' master.Master --host 127.0.0.1 --port "${master##*:}" --webui-port 0
  for worker in $(seq "$count"); do
    daemon "$work/worker.log" 'Successfully registered' worker.Worker --host 127.0.0.1 --cores 1 --memory 3g \
      --work-dir "$work/worker-$worker" --webui-port 0 "$master"
  done
  bench "$count" --master "$master"
  stop
  sleep 5 # the port is free again
done

processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
mkdir -p "$results"
printf '{"processor": "%s", "cores": %s, "load": "%s", "runs": [%s]}\n' "$processor" \
  "$(getconf _NPROCESSORS_ONLN)" "$load" "$runs" \
  >"$results/workers.json"
cat "$results/workers.json"
