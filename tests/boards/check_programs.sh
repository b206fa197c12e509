#!/bin/sh
# check_programs.sh HOST_BIN BOARD_BIN EMULATOR...: runs the board's four programs and compares them with the host's: every
# layer's md5 on one thread and several, the outputs, dumps, and what they say where memory is short.
set -eu
host=$1
board=$2
shift 2
# 64 MB of address space; qemu-arm emulates none but the whole.
limit=0x4000000
[ "$1" = qemu-arm ] && small=false || small=true
work=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-board.XXXXXX")
trap 'rm -rf "$work"' EXIT

# expect STATUS TEXT COMMAND...: the exit status, and a line of the output that has the text.
expect() {
  wanted=$1
  text=$2
  shift 2
  status=0
  "$@" >"$work/log" 2>&1 || status=$?
  if [ "$status" -ne "$wanted" ] || ! grep -qF -- "$text" "$work/log"; then
    echo "$*: status $status instead of $wanted, or '$text' is missing:"
    cat "$work/log"
    exit 1
  fi
}

# The digests in a dump's manifest, one a line.
digests() { tr ',' '\n' <"$1/manifest.json" | grep '"md5"'; }

"$host/write_network" "$work/small.joint"
"$host/write_network" "$work/large.joint" large
"$host/run_joint_release" --seed 7 -o "$work/expected" "$work/small.joint" >/dev/null
"$host/run_joint_debug" --seed 7 --dump-intermediate 2 --dump-folder "$work/host" "$work/small.joint" >/dev/null
for build in release debug profile nmem; do
  for threads in 1 3; do
    expect 0 "self-test   passed: 2 vectors" "$@" "$board/run_joint_$build" --self-test --threads $threads "$work/small.joint"
  done
  expect 0 "equal" "$@" "$board/run_joint_$build" --seed 7 --threads 2 --verify "$work/expected" "$work/small.joint"
  if $small; then expect 5 "no memory for the arena" "$@" -R $limit "$board/run_joint_$build" "$work/large.joint"; fi
done
expect 0 "manifest.json" "$@" "$board/run_joint_debug" --seed 7 --dump-intermediate 2 --dump-folder "$work/board" "$work/small.joint"
[ "$(digests "$work/host")" = "$(digests "$work/board")" ] || { echo "the dumps differ"; exit 1; }
for file in "$work/host"/*.bin; do cmp "$file" "$work/board/${file##*/}"; done
expect 0 "profile.csv" "$@" "$board/run_joint_profile" --profile-path "$work" "$work/small.joint"
expect 0 "nmem_memory.txt" "$@" "$board/run_joint_nmem" --memory-path "$work/nmem_memory.txt" "$work/small.joint"
grep -q "measured peak" "$work/nmem_memory.txt"
# A list that grows until there is no memory.
input=$(printf '%0200d' 0)
yes "$input;$input" | head -100000 >"$work/list"
if $small; then expect 5 "out of memory" "$@" -R $limit "$board/run_joint_release" -l "$work/list" "$work/small.joint"; fi
