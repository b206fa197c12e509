#!/bin/sh
# check_sizes.sh TARGET FOLDER TABLE BUILD...: prints the sizes of a target's stripped programs, of the shared library where a
# build is `library`, beside the recorded ones and fails where one is more than 5 % larger, above its bound, or not in the
# table. With LOCKSTEP_RECORD_SIZES=1 it writes them into the table.
set -eu
target=$1
folder=$2
table=$3
shift 3
status=0
printf '%-20s %-8s %10s %10s\n' target build bytes recorded
for build in "$@"; do
  file=run_joint_$build
  [ "$build" != library ] || file=liblockstep.so
  bytes=$(wc -c <"$folder/$file")
  bound=$(sed -n "s/^bound $target $build \([0-9]*\)\$/\1/p" "$table")
  recorded=$(sed -n "s/^$target $build \([0-9]*\)\$/\1/p" "$table")
  if [ "${LOCKSTEP_RECORD_SIZES:-0}" = 1 ]; then
    sed -i "/^$target $build /d" "$table"
    echo "$target $build $bytes" >>"$table"
    recorded=$bytes
  fi
  note=
  if [ -z "$recorded" ]; then
    note="  not in the table: record it with LOCKSTEP_RECORD_SIZES=1"
    status=1
  elif [ -n "$bound" ] && [ "$bytes" -gt "$bound" ]; then
    note="  above its bound of $bound"
    status=1
  elif [ $((bytes * 100)) -gt $((recorded * 105)) ]; then
    note="  grew by $(((bytes - recorded) * 100 / recorded)) %: find out why, or record it with LOCKSTEP_RECORD_SIZES=1"
    status=1
  fi
  printf '%-20s %-8s %10s %10s%s\n' "$target" "$build" "$bytes" "${recorded:--}" "$note"
done
exit $status
