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

# The lists of the host's own mirror, of its main suites alone.
write_sources() {
  # shellcheck source=/dev/null
  . /etc/os-release
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $VERSION_CODENAME main"
}

# An apt root of its own: a foreign architecture on the host would clash with what is installed.
fetch() {
  local architecture=$1 work=$2
  mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial "$work/tree"
  : >"$work/status"
  local options=(-qq -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture"
    -o "Dir::State=$work/state" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3)
  write_sources >"$work/sources.list"
  apt-get "${options[@]}" update
  (cd "$work" && apt-get "${options[@]}" download musl musl-dev)
  local package
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/tree"; done
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
