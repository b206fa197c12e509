#!/usr/bin/env bash
# foreign_packages.sh ARCHITECTURE FOLDER PACKAGE...: unpacks packages of another architecture into FOLDER/tree, from the
# distribution that this PC runs, which pins their versions. PACKAGE/depends stands for what the meta-package depends on.
# An apt root of its own: a foreign architecture on the host would clash with what is installed.
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: foreign_packages.sh ARCHITECTURE FOLDER PACKAGE..." >&2; exit 2; }
architecture=$1
work=$2
shift 2

# The lists of the host's own mirror, of its main suites alone.
write_sources() {
  # shellcheck source=/dev/null
  . /etc/os-release
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $VERSION_CODENAME main"
}

mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial "$work/tree"
: >"$work/status"
options=(-qq -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture"
  -o "Dir::State=$work/state" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
  -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3)
write_sources >"$work/sources.list"
apt-get "${options[@]}" update
names=()
for package in "$@"; do
  case $package in
    */depends)
      found=$(apt-cache "${options[@]}" depends "${package%/depends}" | sed -n 's/^ *Depends: //p' | head -1)
      [ -n "$found" ] || { echo "foreign_packages: there is no ${package%/depends} for $architecture" >&2; exit 1; }
      names+=("$found")
      ;;
    *) names+=("$package") ;;
  esac
done
(cd "$work" && apt-get "${options[@]}" download "${names[@]}")
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/tree"; done
rm -rf "$work"/*.deb "$work/state" "$work/cache" "$work/status" "$work/sources.list"
