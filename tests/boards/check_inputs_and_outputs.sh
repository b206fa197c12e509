#!/bin/sh
# check_inputs_and_outputs.sh HOST_BIN BOARD_BIN BOARD EMULATOR...: a network with two inputs, a batch of two and outputs as
# floats, as bytes and as positions goes through the host's commands and the board's four programs.
set -eu
host=$1
programs=$2
board=$3
shift 3
work=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-inputs.XXXXXX")
trap 'rm -rf "$work"' EXIT

# quiet COMMAND...: shows what it says if it fails.
quiet() {
  "$@" >"$work/log" 2>&1 || { echo "$* failed:"; cat "$work/log"; exit 1; }
}

"$host/write_two_inputs" "$work"
model=$work/out/net.joint
quiet "$host/lockstep" build --config "$work/build.json" --output-dir "$work/out"
# Two pictures and an array are one run, named after the first picture.
quiet "$host/lockstep" run "$model" --data "images=$work/photos" --data "vec=$work/vec.npy" --engine reference \
  --dump "$work/reference" --output-folder "$work/expected" --save-inputs "$work/inputs"
data="$work/inputs/picture_0.bin;$work/inputs/picture_0_vec.bin"

outputs=0
for build in release debug profile nmem; do
  for threads in 1 3; do
    folder=$work/$build$threads
    quiet "$@" "$programs/run_joint_$build" --data "$data" --threads $threads -o "$folder" "$model"
    for file in "$work/expected"/*.bin; do
      cmp "$file" "$folder/${file##*/}"
      outputs=$((outputs + 1))
    done
  done
  quiet "$@" "$programs/run_joint_$build" --self-test "$model"
done
[ $outputs -eq 24 ] || { echo "$outputs outputs were compared instead of 24"; exit 1; }
quiet "$@" "$programs/run_joint_debug" --data "$data" --dump-intermediate 2 --dump-folder "$work/dump" "$model"
quiet "$host/lockstep" compare "$work/reference" "$work/dump"
quiet "$host/lockstep" crosscheck "$model" --data "images=$work/photos" --data "vec=$work/vec.npy" --all-builds \
  --board "$board" --board-binary "$programs/run_joint_debug"
grep -E "verdict|exact|layers" "$work/log" || { cat "$work/log"; exit 1; }
echo "$board: $outputs outputs of four builds, a dump of every layer and a crosscheck equal the reference engine"
