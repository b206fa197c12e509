#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests: on this PC, with sanitizers, and the runtime's under qemu
# for each target. --all adds clang-tidy over everything, the slow tests, and the static programs with musl.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
targets=(mipsel mipsel-msa armv7 aarch64)
select=(-LE slow)
style=(--format)
musl_targets=()
for argument in "$@"; do
  case $argument in
    --all)
      select=()
      style=(--all)
      musl_targets=(mipsel-musl armv7-musl aarch64-musl)
      ;;
    -h | --help)
      echo "usage: scripts/test.sh [--all]    --all: the slow tests, clang-tidy and the musl targets too"
      exit 0
      ;;
    *)
      echo "test: unknown argument $argument; --all is the only one" >&2
      exit 2
      ;;
  esac
done
steps=$((6 + 2 * ${#targets[@]} + ${#musl_targets[@]}))
# shellcheck source=scripts/progress.sh
source scripts/progress.sh
passed=0
failed=0

# run_tests PRESET [CTEST ARGUMENTS]: counts single test cases; a program that dies counts as one failure.
run_tests() {
  local preset=$1 log=$root/build/$1/test.log cases_failed programs_failed
  shift
  # One more than there are cores, for many tests wait: for a browser, a board, a time limit.
  ctest --preset "$preset" -j "$((jobs + 1))" --no-tests=error "$@" >"$log" 2>&1 || true
  local details=$root/build/$preset/Testing/Temporary/LastTest.log
  grep -E "^ *[0-9]+/[0-9]+ Test|tests passed|Total Test time" "$log" || true
  passed=$((passed + $(sed -nE 's/^\[  PASSED  \] ([0-9]+) tests?\.$/\1/p' "$details" | paste -sd+ | sed 's/^$/0/')))
  cases_failed=$(($(sed -nE 's/^ *([0-9]+) FAILED TESTS?$/\1/p' "$details" | paste -sd+ | sed 's/^$/0/')))
  programs_failed=$(grep -cE "\*\*\*(Failed|Timeout|Exception|Not Run)" "$log" || true)
  if [ "$programs_failed" -ne 0 ] || ! grep -q "100% tests passed" "$log"; then
    sed -n '/[0-9]*\/[0-9]* Test.*\*\*\*/,/^ *[0-9]*\/[0-9]* Test.*Passed/p' "$log" | head -200
    echo "test: $preset failed; the whole output is in $log"
    failed=$((failed + (cases_failed > programs_failed ? cases_failed : (programs_failed > 0 ? programs_failed : 1))))
  fi
}

step "packages, and what the tests compare with"
scripts/setup.sh
scripts/fetch_model.sh >/dev/null
scripts/fetch_pictures.sh >/dev/null
scripts/fetch_onnxruntime.sh >/dev/null
scripts/fetch_board.sh mipsel >/dev/null
[ ${#musl_targets[@]} -eq 0 ] || scripts/fetch_musl.sh >/dev/null

step "build for this PC"
build_preset host all
for target in "${targets[@]}"; do
  step "build for $target"
  build_preset "$target" all
done

step "style"
if ! scripts/check_style.sh "${style[@]}"; then failed=$((failed + 1)); fi

step "tests on this PC"
run_tests host "${select[@]}"

step "build with sanitizers"
build_preset asan all

step "tests with sanitizers"
run_tests asan -LE "slow|oracle|boards"

for target in "${targets[@]}"; do
  step "tests on $target, emulated"
  run_tests "$target" "${select[@]}"
done
for target in "${musl_targets[@]}"; do
  step "static programs with musl, $target"
  build_preset "$target" all
  run_tests "$target" "${select[@]}"
done
end_step
echo "test: done in $((SECONDS - script_start)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
