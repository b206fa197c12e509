#!/bin/sh
# check_model_operators.sh SOURCE WORK JOINT OPERATOR...: that these are the operators of the joint model; ends with
# 77 where the model is not there.
set -eu
source=$1
work=$2
joint=$3
shift 3
[ -e "$joint" ] || { echo "$joint is not built: scripts/fetch_model.sh and bench/networks/prepare.py yolov8n-640"; exit 77; }
rm -rf "$work"
mkdir -p "$work"
# Without the megabytes of constants, which would be written out as numbers.
sed 's/data:\[ubyte\] (required, force_align: 64)/data:[ubyte] (deprecated)/' "$source/schema/joint.fbs" >"$work/joint.fbs"
cp "$joint" "$work/model.joint"
flatc --json --raw-binary --strict-json --defaults-json -o "$work" "$work/joint.fbs" -- "$work/model.joint"
printf '%s\n' "$@" | sort >"$work/given"
sed -n 's/.*"options_type": "\([A-Za-z0-9]*\)".*/\1/p' "$work/model.json" | sort -u >"$work/found"
diff "$work/given" "$work/found" || { echo "the operators given (<) are not the model's (>)"; exit 1; }
