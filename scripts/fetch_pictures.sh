#!/usr/bin/env bash
# Prints the folder with opencv-doc's example pictures. Slim systems leave documentation out when they install packages;
# then the package is downloaded and unpacked into .cache.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
inside=usr/share/doc/opencv-doc/examples/data
if [ -s "/$inside/vtest.avi" ] && [ -s "/$inside/messi5.jpg" ]; then
  echo "/$inside"
  exit 0
fi
place=$root/.cache/opencv-doc
if [ ! -s "$place/$inside/vtest.avi" ]; then
  mkdir -p "$root/.cache"
  work=$(mktemp -d "$root/.cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  echo "fetch_pictures: downloading opencv-doc" >&2
  (cd "$work" && apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root download opencv-doc >/dev/null)
  mkdir "$work/tree"
  dpkg-deb -x "$work"/opencv-doc_*.deb "$work/tree"
  rm -rf "$place"
  mv -T "$work/tree" "$place"
fi
find "$place/$inside" -maxdepth 1 -name '*.gz' -exec gunzip -kf {} +
[ -s "$place/$inside/messi5.jpg" ] || { echo "fetch_pictures: opencv-doc has no messi5.jpg in $inside" >&2; exit 4; }
echo "$place/$inside"
