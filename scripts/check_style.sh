#!/usr/bin/env bash
# What may include what; clang-format over every tracked source; clang-tidy over those that are not tests, without the
# checks that take most of its time (the static analyzer among them). --all: the tests and all checks of .clang-tidy too.
# --format: no clang-tidy.
# A file that passed clang-tidy is not checked again until it, a header of ours or .clang-tidy changes. Needs build/host
# (compile commands).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C
passed=$root/.cache/clang-tidy
checks='-clang-analyzer-*,-bugprone-reserved-identifier,-bugprone-stringview-nullptr,-misc-unused-using-decls'
skipped=tests/
if [ "${1:-}" = --all ]; then
  checks=
  skipped=none
fi
mkdir -p "$passed"
scripts/check_includes.sh

mapfile -t sources < <(git ls-files -- '*.cpp' '*.h')
printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 20 clang-format --dry-run -Werror
echo "check_style: clang-format: ${#sources[@]} files"
[ "${1:-}" != --format ] || exit 0

# Sources for other instruction sets are not in the host's compile commands; clang-tidy would only guess at them.
mapfile -t checked < <(
  sed -n 's|^  "file": "'"$root"'/\(.*\)"[,]*$|\1|p' build/host/compile_commands.json | sort -u |
    grep -Fxf <(printf '%s\n' "${sources[@]}") | grep -v "^$skipped"
)
common="$(git ls-files -- '*.h' '*.fbs' .clang-tidy | xargs cat build/host/CMakeCache.txt | sha256sum) $checks"

tidy() {
  local source=$1 key
  key=$(echo "$2" | cat - "$source" | sha256sum | cut -c1-64)
  [ -e "$3/$key" ] && return 0
  # A name of its own: another run may be checking the same file.
  log=$3/$key.$$.log
  trap 'rm -f "$log"' EXIT
  if ! clang-tidy --quiet -p build/host --checks="$4" "$source" >"$log" 2>/dev/null; then
    cat "$log" >&2
    return 1
  fi
  mv "$log" "$3/$key"
}
export -f tidy
printf '%s\0' "${checked[@]}" |
  xargs -0 -P "$(nproc)" -I{} bash -c 'tidy "$@"' tidy {} "$common" "$passed" "$checks"
echo "check_style: clang-tidy: ${#checked[@]} files"
