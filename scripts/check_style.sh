#!/usr/bin/env bash
# clang-format and clang-tidy over every tracked source. A file that passed clang-tidy is not checked again until it, a
# header of ours, its compile command or .clang-tidy changes. Needs build/host (its compile commands).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C
passed=$root/.cache/clang-tidy
mkdir -p "$passed"

mapfile -t sources < <(git ls-files -- '*.cpp' '*.h')
printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 20 clang-format --dry-run -Werror
echo "check_style: clang-format: ${#sources[@]} files"

# Sources for other instruction sets are not in the host's compile commands; clang-tidy would only guess at them.
mapfile -t checked < <(
  sed -n 's|^  "file": "'"$root"'/\(.*\)"[,]*$|\1|p' build/host/compile_commands.json | sort -u |
    grep -Fxf <(printf '%s\n' "${sources[@]}")
)
common=$(git ls-files -- '*.h' '*.fbs' .clang-tidy | xargs cat build/host/CMakeCache.txt | sha256sum)

tidy() {
  local source=$1 key
  key=$(echo "$2" | cat - "$source" | sha256sum | cut -c1-64)
  [ -e "$3/$key" ] && return 0
  if ! clang-tidy --quiet -p build/host "$source" >"$3/$key.log" 2>/dev/null; then
    cat "$3/$key.log" >&2
    rm -f "$3/$key.log"
    return 1
  fi
  mv "$3/$key.log" "$3/$key"
}
export -f tidy
printf '%s\0' "${checked[@]}" |
  xargs -0 -P "$(nproc)" -I{} bash -c 'tidy "$@"' tidy {} "$common" "$passed"
echo "check_style: clang-tidy: ${#checked[@]} files"
