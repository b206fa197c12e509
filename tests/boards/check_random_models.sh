#!/bin/sh
# check_random_models.sh HOST_BIN RUN_JOINT COUNT EMULATOR...: random networks, lowered by the host's build, each with the
# digests of all layers that the reference engine gives. The board's self-test must find the same.
set -eu
host=$1
run_joint=$2
count=$3
shift 3
work=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-random.XXXXXX")
trap 'rm -rf "$work"' EXIT

"$host/write_random_models" "$work" "$count"
passed=0
for model in "$work"/*.joint; do
  if "$@" "$run_joint" --self-test --threads 2 "$model" >"$work/log" 2>&1 && grep -q "passed: 1 vector," "$work/log"; then
    passed=$((passed + 1))
  else
    echo "${model##*/}:"
    tail -n 5 "$work/log"
  fi
done
echo "$passed of $count random networks give the reference engine's digests"
[ "$passed" -eq "$count" ]
