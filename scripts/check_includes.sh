#!/usr/bin/env bash
# Refuses an include that the table "Who includes whom" of docs/architecture.md does not allow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
table=docs/architecture.md
bad=0
rooms=()

# includes_of ROOM: "FILE:LINE HEADER" of what is included by a path from a room's root.
includes_of() {
  git ls-files -- "$1/*.cpp" "$1/*.h" | xargs grep -HnoE '^#include "[^"]+"' | sed -E 's/^([^:]+:[0-9]+):#include "(.*)"$/\1 \2/'
}

while IFS= read -r line; do
  room=$(sed -E 's/ *<-.*//' <<<"$line")
  rooms+=("$room")
  case $room in
    runtime) own="lockstep|$(cd runtime && echo */ | sed 's,/ *,|,g; s,|$,,')" ;;
    samples) own='[a-z0-9_]+\.h' ;;
    *) own=${room#host/} ;;
  esac
  allowed="^($own)(/|\$)"
  for entry in $(sed -E 's/.*<- *//; s/,/ /g' <<<"$line"); do
    case $entry in
      schema) allowed+='|^joint_[a-z]+\.h$' ;;
      *) allowed+="|^$entry(/|\$)" ;;
    esac
  done
  while read -r place header; do
    # A header of the same folder is included by its name alone.
    [ -e "${place%/*}/$header" ] && continue
    if ! [[ $header =~ $allowed ]]; then
      echo "$place: $room may not include $header; see \"Who includes whom\" in $table" >&2
      bad=1
    fi
  done < <(includes_of "$room")
done < <(sed -n '/^## Who includes whom/,/^## /p' "$table" | grep -E '^[a-z/]+ +<-')
outside=$(git ls-files -- 'host/*.cpp' 'host/*.h' 'runtime/*.cpp' 'runtime/*.h' 'samples/*.cpp' 'samples/*.h' |
  grep -vE "^($(IFS='|'; echo "${rooms[*]:-none}"))/" || true)
if [ -n "$outside" ]; then
  echo "$(head -1 <<<"$outside"): its room is not in the table \"Who includes whom\" in $table" >&2
  bad=1
fi
[ "$bad" -eq 0 ] || exit 1
echo "check_includes: ${#rooms[@]} rooms"
