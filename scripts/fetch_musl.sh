#!/usr/bin/env bash
# fetch_musl.sh: the musl C library for the targets with a -musl build, as sysroots in .cache/musl: headers and libc.a
# from the packages of the distribution that this PC runs, which pins their version. Prints the folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
place=$root/.cache/musl
architectures=(mipsel armhf arm64)

complete() {
  for architecture in "${architectures[@]}"; do
    [ -e "$place/$architecture/complete" ] || return 1
  done
}

fetch() {
  local architecture=$1 work=$2
  "$root/scripts/foreign_packages.sh" "$architecture" "$work" musl musl-dev
  touch "$work/tree/complete"
  rm -rf "${place:?}/$architecture"
  mv -T "$work/tree" "$place/$architecture" 2>/dev/null || [ -d "$place/$architecture" ] # another run may have been faster
}

if ! complete; then
  mkdir -p "$place"
  work=$(mktemp -d "$place/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for architecture in "${architectures[@]}"; do
    echo "fetch_musl: $architecture" >&2
    fetch "$architecture" "$work/$architecture"
  done
fi
echo "$place"
