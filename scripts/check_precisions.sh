#!/usr/bin/env bash
# check_precisions.sh [BOARD...]: YOLOv8n in every kind of precision, each crosschecked layer by layer on the boards (default:
# local, qemu:mipsel, qemu:armv7, qemu:aarch64). Needs build/host, and build/TARGET for emulated boards.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
boards=("$@")
[ $# -gt 0 ] || boards=(local qemu:mipsel qemu:armv7 qemu:aarch64)
out=$root/out/precisions
tools=$root/build/host/bin
network=$(scripts/fetch_model.sh)
pictures=$(scripts/fetch_pictures.sh)
mkdir -p "$out/calibration"
for name in aloeL.jpg baboon.jpg fruits.jpg home.jpg; do cp -u "$pictures/$name" "$out/calibration/"; done

# NAME SETTING...: builds and crosschecks.
check() {
  local name=$1
  shift
  "$tools/lockstep" build -q --input "$network" --name "$name" --output-dir "$out" --calibration "$out/calibration" "$@" \
    >/dev/null
  "$tools/lockstep" crosscheck -q "$out/$name.joint" --data "$pictures/messi5.jpg" --board "${boards[@]}" >"$out/$name.txt" ||
    {
      cat "$out/$name.txt"
      echo "check_precisions: $name differs: $*" >&2
      exit 1
    }
  echo "check_precisions: $name is exact on ${boards[*]}"
}

check default
check int16 --precision int16
check bits12 --precision int8 --activation-bits 12
check bits10 --precision int8 --activation-bits 10
check bits4 --precision int8 --activation-bits 4 "/model.22/*=8"
check weights16 --precision int8 --weight-bits 16
check weights4 --precision int8 --weight-bits 4
check mixed --precision int8 --activation-bits op:Softmax=16 "/model.2/*=12" "/model.4/*=4" --weight-bits "/model.6/*=10"
check islands --precision int8 --float-ops Resize Softmax --float-subgraphs "../model.1/conv/Conv"
check features --precision int8 --quantize-only features
