#!/usr/bin/env bash
# Fetches ONNX Runtime for Node.js, the independent oracle of the tests, into .cache/onnxruntime. Prints that folder.
# Nothing of the packages is run here (no install script); a folder that is already complete is kept.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=1.17.0
declare -A sha256=(
  [onnxruntime-node]=8e40f87f86c545fd68616af2659026226c6a6d7851ddb9fccd56ae2ca9a3cd8c
  [onnxruntime-common]=3db9710a8ce2d799ed2c0b3096a58f3bd4e378ba2466adb187d4b605eecb1d81
)
place=$root/.cache/onnxruntime/$version

if [ ! -d "$place" ]; then
  mkdir -p "$root/.cache/onnxruntime"
  work=$(mktemp -d "$root/.cache/onnxruntime/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for package in "${!sha256[@]}"; do
    echo "fetch_onnxruntime: $package $version" >&2
    (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
    tarball=$work/$package-$version.tgz
    echo "${sha256[$package]}  $tarball" | sha256sum --check --status ||
      { echo "fetch_onnxruntime: $package@$version has another sha256 than the pinned one; refusing it" >&2; exit 4; }
    mkdir -p "$work/tree/node_modules/$package"
    # Of the native code only this platform's is unpacked.
    tar -xzf "$tarball" -C "$work/tree/node_modules/$package" --strip-components=1 \
      --exclude='package/bin/napi-v3/win32' --exclude='package/bin/napi-v3/darwin'
  done
  mv -T "$work/tree" "$place" 2>/dev/null || [ -d "$place" ]  # another run may have been faster
fi
echo "$place"
