#!/usr/bin/env bash
# Fetches the libraries that the report's page has in it, into .cache/page_libraries. Prints that folder.
# Nothing of the packages is run here (no install script); a folder that is already complete is kept.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
packages=(d3@7.9.0 @dagrejs/dagre@3.1.3 @observablehq/plot@0.6.17 tabulator-tables@6.5.3)
declare -A sha256=(
  [d3@7.9.0]=7e36605710a2ba54846797c8c6d888911341b215ae53257dc32a49a0b824355e
  [@dagrejs/dagre@3.1.3]=12441833c8af49e5a241d94bfd53159875965876b3f4f3214abafe1ed6a9ee4c
  [@observablehq/plot@0.6.17]=4dcc9f7afd10caee8b2283c0075a5765610cfbbf6d7d93cdb153b3b5d3501afc
  [tabulator-tables@6.5.3]=a3aeb833e5cf924c8a686fa6748c1070c5fde8e605e0b1734000c35b78571a9b
)
place=$root/.cache/page_libraries/1  # count up with every change of a version

if [ ! -d "$place" ]; then
  mkdir -p "$root/.cache/page_libraries"
  work=$(mktemp -d "$root/.cache/page_libraries/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for package in "${packages[@]}"; do
    echo "fetch_page_libraries: $package" >&2
    tarball=$work/$(cd "$work" && npm pack --silent "$package")
    echo "${sha256[$package]}  $tarball" | sha256sum --check --status ||
      { echo "fetch_page_libraries: $package has another sha256 than the pinned one; refusing it" >&2; exit 4; }
    folder=$work/tree/node_modules/${package%@*}
    mkdir -p "$folder"
    tar -xzf "$tarball" -C "$folder" --strip-components=1
  done
  mv -T "$work/tree" "$place" 2>/dev/null || [ -d "$place" ]  # another run may have been faster
fi
echo "$place"
