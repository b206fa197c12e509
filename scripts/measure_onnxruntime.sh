#!/usr/bin/env bash
# measure_onnxruntime.sh NETWORK.onnx CALIBRATION OUT [--float-behind PATTERN]... [PICTURE...] -- EVALUATE...: how much of the
# float network's accuracy a QDQ model keeps that is made as ONNX Runtime's static quantiser makes it
# (quantize_onnxruntime.py says how) and run in ONNX Runtime, beside Lockstep's models, all calibrated on the pictures of the
# folder CALIBRATION: a table in Markdown. With --float-behind another row, in which the nodes behind those that match stay
# float. PICTURE: --mean, --std, --resize, --color; EVALUATE goes to `lockstep evaluate`. Needs build/host, Node.js and
# python3-onnx of Debian (LOCKSTEP_PYTHON: another python3). What is there in OUT is not measured again, also what
# measure_accuracy.sh left.
set -euo pipefail
if [ $# -lt 5 ]; then
  sed -n '2,8s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
. "$(dirname "${BASH_SOURCE[0]}")/measuring.sh"
quantizer=("${LOCKSTEP_PYTHON:-/usr/bin/python3}" "$(dirname "${BASH_SOURCE[0]}")/quantize_onnxruntime.py")
network=$1 calibration=$2 out=$3
shift 3
settings=()
float_behind=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  if [ "$1" = --float-behind ]; then
    float_behind+=("$2")
    shift
  else
    settings+=("$1")
  fi
  shift
done
shift || true
evaluate=("$@")
work=$out/onnxruntime
mkdir -p "$work"

save_inputs() {
  [ ! -e "$work/inputs" ] || return 0
  "$lockstep" run -q "$network" --data "$calibration" "${settings[@]}" --save-inputs "$work/calibration" >/dev/null
  "${quantizer[@]}" ranges "$network" "$work/calibration" "$work/ranges.json"
  "$lockstep" evaluate -q "$network" "${settings[@]}" "${evaluate[@]}" --save-inputs "$work/inputs.part" >/dev/null
  mv "$work/inputs.part" "$work/inputs"
}

# in_onnxruntime NAME METHOD OPTION...: $work/NAME/metrics.json
in_onnxruntime() {
  local folder=$work/$1 method=$2
  shift 2
  [ ! -s "$folder/metrics.json" ] || return 0
  save_inputs
  mkdir -p "$folder"
  "${quantizer[@]}" quantize "$network" "$work/ranges.json" "$method" "$folder/qdq.onnx" "$@"
  "${quantizer[@]}" run "$folder/qdq.onnx" "$work/inputs" "$folder/outputs"
  "$lockstep" evaluate -q "$network" "${settings[@]}" "${evaluate[@]}" --outputs "$folder/outputs" \
    --state "$work/float.evaluation" --json "$folder/metrics.json" >/dev/null
  rm -r "$folder/outputs"
}

# cell FOLDER: what is kept
cell() {
  kept "$1" | cut -d'|' -f2
}

# row TITLE NAME OPTION...
row() {
  local title=$1 name=$2
  shift 2
  in_onnxruntime "$name" minmax "$@"
  in_onnxruntime "$name-averaged" averaged "$@"
  echo "| $title |$(cell "$work/$name") |$(cell "$work/$name-averaged") |$(cell "$out/default")" \
    "|$(cell "$out/minmax-per_channel") |$(cell "$out/moving_average-per_channel") |"
}

measure "$out/default"
for observer in minmax moving_average; do
  measure "$out/$observer-per_channel" --precision int8 --observer "$observer" --weight-scales per_channel
done
echo "| network | ONNX Runtime, minmax | averaged | Lockstep, default | int8, minmax | int8, moving average |"
echo "| --- | --- | --- | --- | --- | --- |"
row "$(basename "$network" .onnx)" whole
[ ${#float_behind[@]} = 0 ] || row "its end in floats" float_end --float-behind "${float_behind[@]}"
rm -rf "$work/inputs" "$work/calibration"
