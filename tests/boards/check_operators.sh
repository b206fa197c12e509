#!/bin/sh
# check_operators.sh SOURCE WORK HOST_BIN TOOLCHAIN SIZE TABLE EMULATOR...: a runtime with the operators of one model runs that model,
# is smaller than the one with all (SIZE, a program), and refuses another model with the operator that it lacks. Then the
# size of a runtime with the operators of YOLOv8n, beside the one that TABLE records.
set -eu
source=$1
work=$2
host=$3
toolchain=$4
all=$5
table=$6
shift 6
rm -rf "$work"
mkdir -p "$work"
"$host/write_network" "$work/part.joint" part
"$host/write_network" "$work/small.joint"
"$host/write_network" "$work/floats.v2.joint" floats
configure() {
  cmake -S "$source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
    -DLOCKSTEP_TESTS=OFF -DLOCKSTEP_BENCH=OFF "-DLOCKSTEP_OPERATORS=$1" >"$work/log" 2>&1
}
refused() {
  if configure "$1"; then echo "LOCKSTEP_OPERATORS=$1 was taken"; exit 1; fi
  tr -s '\n ' ' ' <"$work/log" | grep -q "$2" || { # CMake breaks lines where the paths let it
    cat "$work/log"; exit 1; }
}
refused "Conv;Ad" "there is no operator Ad"
refused "$work/none.joint" "no joint model"
mkdir "$work/old" # the model as one of another version
sed 's/, force_align: 64//' "$source/schema/joint.fbs" >"$work/joint.fbs"
flatc --json --raw-binary --strict-json --defaults-json -o "$work/old" "$work/joint.fbs" -- "$work/part.joint"
sed -i 's/"format_version": [0-9]*/"format_version": 1/' "$work/old/part.json"
flatc --binary -o "$work/old" "$work/joint.fbs" "$work/old/part.json"
refused "$work/old/part.joint" "has format version 1, this runtime reads"
configure "$work/part.joint" || { cat "$work/log"; exit 1; }
grep -q "operators alone: Conv;Add" "$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" --target run_joint_release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
program=$work/build/bin/stripped/run_joint_release
"$@" "$program" --self-test "$work/part.joint" | grep "self-test   passed"
status=0
"$@" "$program" "$work/small.joint" >"$work/log" 2>&1 || status=$?
if [ $status -ne 3 ] || ! grep -q "built without the operator.*LOCKSTEP_OPERATORS" "$work/log"; then cat "$work/log"; exit 1; fi
bytes=$(wc -c <"$program")
bytes_all=$(wc -c <"$all")
echo "$bytes bytes with two operators, $bytes_all with all"
[ "$bytes" -lt "$bytes_all" ]

# Operators by name are of integers alone; a model of floats brings its floats.
configure "Dequantize;Add" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" --target run_joint_release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
status=0
"$@" "$program" "$work/floats.v2.joint" >"$work/log" 2>&1 || status=$?
if [ $status -ne 3 ] || ! grep -q "without layers of floats.*LOCKSTEP_OPERATORS" "$work/log"; then cat "$work/log"; exit 1; fi
configure "$work/floats.v2.joint" || { cat "$work/log"; exit 1; }
grep -q "operators alone: Dequantize;Add;Floats" "$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" --target run_joint_release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$@" "$program" --self-test "$work/floats.v2.joint" | grep "self-test   passed"

configure "Conv;Slice;Add;Concat;MaxPool;Resize;Reshape;Softmax;Mul;Lookup;Transpose" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" --target run_joint_release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$source/tests/boards/check_sizes.sh" mipsel-musl-yolov8n "$work/build/bin/stripped" "$table" release
