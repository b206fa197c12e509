#!/usr/bin/env bash
# YOLOv8n from ONNX to bit-exact on emulated MIPS and ARM boards. Takes a clean Debian 12 to the end without a question;
# run again, it builds only what changed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
steps=9
# shellcheck source=scripts/progress.sh
source scripts/progress.sh
out=$root/out/demo
tools=$root/build/host/bin

step "packages"
scripts/setup.sh

step "build the host tools"
build_preset host lockstep detector run_joint_release run_joint_debug run_joint_profile run_joint_nmem

step "build the runtime for mipsel, armv7 and aarch64"
for target in mipsel armv7 aarch64; do
  build_preset "$target" run_joint_release run_joint_debug run_joint_profile run_joint_nmem
done

step "fetch YOLOv8n"
network=$(scripts/fetch_model.sh)
classes=$(dirname "$network")/classes.txt
pictures=$(scripts/fetch_pictures.sh)

# The photograph that is run is not among the calibration pictures.
step "choose pictures"
photo=$pictures/messi5.jpg
calibration=$out/calibration
mkdir -p "$calibration"
for name in aloeL.jpg baboon.jpg basketball1.png board.jpg box_in_scene.png building.jpg butterfly.jpg chicky_512.png \
  fruits.jpg graf1.png home.jpg leuvenA.jpg orange.jpg rubberwhale1.png stuff.jpg vtest.avi; do
  cp -u "$pictures/$name" "$calibration/"
done

step "quantise"
"$tools/lockstep" build --input "$network" --name yolov8n --output-dir "$out" --calibration "$calibration" --count 32

step "crosscheck: reference engine, this PC and three emulated boards"
rm -rf "$out/boards"
"$tools/lockstep" crosscheck "$out/yolov8n.joint" --onnx "$network" --data "$photo" \
  --board local qemu:mipsel qemu:armv7 qemu:aarch64 --output-folder "$out/boards" \
  --json "$out/crosscheck.json" --report "$out/crosscheck.html"

step "compare with the float engine"
"$tools/lockstep" run "$network" "$out/yolov8n.joint" --data "$photo" --output-folder "$out/engines" --min-cosine 0.99

step "draw the boxes"
"$tools/detector" "$photo" --classes "$classes" --check --write "$out/detections.png" \
  --raw "MIPS board, int8 (emulated)=$(ls "$out"/boards/qemu_mipsel/*.bin)" \
  --raw "float engine on the PC=$(ls "$out"/engines/0_*/*.bin)"
end_step
echo "demo: done in $((SECONDS - script_start)) s. Look at out/demo/detections.png, out/demo/crosscheck.html and out/demo/yolov8n.joint"
