#!/usr/bin/env bash
# measure_accuracy.sh NETWORK.onnx CALIBRATION OUT [SETTING...] -- EVALUATE...: how much of the float network's accuracy each
# observer keeps, with weight scales per channel and per tensor, and what the default and int16 keep: a table in Markdown.
# SETTINGs go to `lockstep build`, EVALUATE to `lockstep evaluate`. Needs build/host. Rows that are there are not measured
# again: OUT holds each row's model and metrics.
set -euo pipefail
if [ $# -lt 5 ]; then
  sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
. "$(dirname "${BASH_SOURCE[0]}")/measuring.sh"
network=$1 calibration=$2 out=$3
shift 3
settings=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  settings+=("$1")
  shift
done
shift || true

# row TITLE NAME SETTING...
row() {
  local title=$1 folder=$out/$2
  shift 2
  measure "$folder" "$@"
  echo "| $title | $(kept "$folder") |"
}

evaluate=("$@")
echo "| setting | metric, % | kept, % |"
echo "| --- | --- | --- |"
row "the default" default
row "\`--precision int16\`" int16 --precision int16
for scales in per_channel per_tensor; do
  for observer in minmax moving_average percentile mse kl admm octav auto; do
    row "\`--precision int8 --observer $observer --weight-scales $scales\`" "$observer-$scales" --precision int8 \
      --observer "$observer" --weight-scales "$scales"
  done
done
