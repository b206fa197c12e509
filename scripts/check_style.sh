#!/usr/bin/env bash
# What may include what; clang-format over every tracked source; clang-tidy over those that are not tests, without the
# checks that take most of its time (the static analyzer among them). --all: the tests and all checks of .clang-tidy too.
# --format: no clang-tidy. --seconds N: what changed last is checked first, and nothing is begun after N seconds.
# What passed clang-tidy is not checked again until it, a header of ours that it includes, its compile command, .clang-tidy
# or clang-tidy itself changes. Needs build/host, wholly built: it knows who includes what.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C
passed=$root/.cache/clang-tidy
checks='-clang-analyzer-*,-bugprone-reserved-identifier,-bugprone-stringview-nullptr,-misc-unused-using-decls'
skipped='^(build/host/)?tests/'
seconds=86400
case ${1:-} in
  --all)
    checks=
    skipped='^$'
    ;;
  --seconds) seconds=$2 ;;
esac
scripts/check_includes.sh

mapfile -t sources < <(git ls-files -- '*.cpp' '*.h')
printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 20 clang-format --dry-run -Werror
echo "check_style: clang-format: ${#sources[@]} files"
[ "${1:-}" != --format ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$passed"
tab=$'\t'

# SOURCE COMMAND, once for each source of ours. Sources for other instruction sets are not in the host's compile commands;
# clang-tidy would only guess at them. Sources that are compiled together are checked together, in the file that CMake made.
sed -nE 's|^  "(command\|file)": "(.*)",?$|\2|p' build/host/compile_commands.json | paste -d"$tab" - - |
  awk -F"$tab" -v OFS="$tab" -v root="$root/" '{
    gsub(root, "", $1); sub(root, "", $2)
    if ($2 !~ /^\// && ($2 !~ /^build\// || $2 ~ /\/Unity\//) && !seen[$2]++) print $2, $1
  }' | grep -vE "$skipped" >"$work/commands"

# SOURCE FILE: what a source includes that is ours or generated. The first file of an object is its source.
ninja -C build/host -t deps | awk -v OFS="$tab" -v root="$root/" '
  /^[^ ]/ { source = ""; next }
  NF == 1 {
    file = $1
    if (!sub("^(\\.\\./\\.\\./|" root ")", "", file)) {
      if (file ~ /^\//) next
      file = "build/host/" file
    }
    if (source == "") source = file
    if (!seen[source, file]++) print source, file
  }' >"$work/includes"
# What is gone since the build has no digest, and whoever included it another key.
cut -f2 "$work/includes" | sort -u | xargs sha256sum >"$work/sums" 2>/dev/null || true

# KEY SOURCE: a pass is remembered under the digest of everything that it depends on.
mkdir "$work/keys"
common="$(clang-tidy --version | grep -i version | head -1) $(sha256sum <.clang-tidy) $checks"
awk -F"$tab" -v keys="$work/keys/" -v common="$common" '
  FILENAME ~ /sums$/ { sum[substr($0, 67)] = substr($0, 1, 64); next }
  FILENAME ~ /includes$/ { included[$1] = included[$1] $2 " " sum[$2] "\n"; next }
  !($1 in included) { print "check_style: build/host has not compiled " $1 "; build it first" >"/dev/stderr"; bad = 1; next }
  {
    name = $1
    gsub("/", ":", name)
    printf "%s\n%s\n%s", common, $2, included[$1] >(keys name)
    close(keys name)
  }
  END { exit bad }' "$work/sums" "$work/includes" "$work/commands"
(cd "$work/keys" && sha256sum -- *) | sed -E 's|^(.{64})  (.*)$|\1 \2|; s|:|/|g' >"$work/keyed"

# In the order of the last commit that changed a source or something that it includes; what is not committed is first.
awk -F"$tab" '
  FILENAME ~ /includes$/ { if (!($1 in rank) || when[$2] + 0 < rank[$1]) rank[$1] = when[$2] + 0; next }
  FILENAME ~ /keyed$/ { split($0, part, " "); print rank[part[2]] + 0, $0; next }
  /^commit$/ { ++commits; next }
  NF && !($0 in when) { when[$0] = commits }
' <(git log --format=format:commit --name-only) "$work/includes" "$work/keyed" | sort -n -s -k1,1 | cut -d' ' -f2- >"$work/checked"

tidy() {
  local key=$1 source=$2
  [ ! -e "$passed/$key" ] || return 0
  if [ "$(date +%s)" -gt "$end" ]; then
    echo "$source" >>"$work/left"
    return 0
  fi
  # A name of its own: another run may be checking the same file.
  local log=$passed/$key.$$.log
  trap 'rm -f "$log"' EXIT
  if ! clang-tidy --quiet -p build/host --checks="$checks" "$source" >"$log" 2>/dev/null; then
    cat "$log" >&2
    return 1
  fi
  mv "$log" "$passed/$key"
}
export -f tidy
end=$(($(date +%s) + seconds))
export passed checks end work
touch "$work/left"
xargs -P "$(nproc)" -L 1 bash -c 'tidy "$@"' tidy <"$work/checked"
echo "check_style: clang-tidy: $(wc -l <"$work/checked") files, $(wc -l <"$work/left") of them left for another time"
