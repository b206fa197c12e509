#!/usr/bin/env bash
# fetch_onnxruntime.sh [VERSION]: fetches ONNX Runtime for Node.js into .cache/onnxruntime and prints that folder. 1.17.0 is the
# independent oracle of the tests, 1.30.0 what bench/models/measure_models.py times beside Lockstep.
# Nothing of the packages is run here (no install script); a folder that is already complete is kept.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=${1:-1.17.0}
declare -A sha256=(
  [onnxruntime-node@1.17.0]=8e40f87f86c545fd68616af2659026226c6a6d7851ddb9fccd56ae2ca9a3cd8c
  [onnxruntime-common@1.17.0]=3db9710a8ce2d799ed2c0b3096a58f3bd4e378ba2466adb187d4b605eecb1d81
  [onnxruntime-node@1.30.0]=6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
  [onnxruntime-common@1.30.0]=7906c439e0d3e0f4048caa23b64cdfadc0f455c377f579ce1ab2a4b778f07d5f
)
[ -n "${sha256[onnxruntime-node@$version]:-}" ] || { echo "fetch_onnxruntime: name 1.17.0 or 1.30.0" >&2; exit 2; }
place=$root/.cache/onnxruntime/$version

if [ ! -d "$place" ]; then
  mkdir -p "$root/.cache/onnxruntime"
  work=$(mktemp -d "$root/.cache/onnxruntime/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for package in onnxruntime-node onnxruntime-common; do
    echo "fetch_onnxruntime: $package $version" >&2
    (cd "$work" && npm pack --silent "$package@$version" >/dev/null)
    tarball=$work/$package-$version.tgz
    echo "${sha256[$package@$version]}  $tarball" | sha256sum --check --status ||
      { echo "fetch_onnxruntime: $package@$version has another sha256 than the pinned one; refusing it" >&2; exit 4; }
    mkdir -p "$work/tree/node_modules/$package"
    # Of the native code only this platform's is unpacked.
    tar -xzf "$tarball" -C "$work/tree/node_modules/$package" --strip-components=1 \
      --exclude='package/bin/napi-v*/win32' --exclude='package/bin/napi-v*/darwin'
  done
  mv -T "$work/tree" "$place" 2>/dev/null || [ -d "$place" ]  # another run may have been faster
fi
echo "$place"
