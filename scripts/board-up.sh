#!/usr/bin/env bash
# board-up.sh [--memory MB] [--port N] [--work FOLDER] mipsel|armv7|aarch64: starts a whole emulated board that is reached
# over ssh at 127.0.0.1, and prints its entry for boards.json. board-up.sh --down FOLDER ends it.
#
# The board has a kernel, busybox and dropbear, nothing on a disk, and 64 MB of memory (aarch64: 128, which its kernel
# wants). FOLDER (default: .cache/boards/BOARD/run) gets boards.json, pid, console.log and known_hosts.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage() {
  echo "usage: board-up.sh [--memory MB] [--port N] [--work FOLDER] mipsel|armv7|aarch64, or board-up.sh --down FOLDER" >&2
  exit 2
}

down() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null || true)
  # The number may belong to another program by now.
  if [ -n "$pid" ] && grep -qs qemu-system "/proc/$pid/cmdline"; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do [ -d "/proc/$pid" ] && sleep 0.1; done
  fi
  rm -f "$1/pid"
}

memory='' port='' work='' board=''
while [ $# -gt 0 ]; do
  case $1 in
    --memory) memory=${2:?}; shift 2 ;;
    --port) port=${2:?}; shift 2 ;;
    --work) work=${2:?}; shift 2 ;;
    --down) down "${2:?}"; exit 0 ;;
    mipsel | armv7 | aarch64) board=$1; shift ;;
    *) usage ;;
  esac
done
[ -n "$board" ] || usage
place=$("$root/scripts/fetch_board.sh" "$board")
work=${work:-$place/run}
mkdir -p "$work"
down "$work"
rm -f "$work/known_hosts"

free_port() {
  local candidate
  for candidate in $(seq 22022 22121); do
    (: <"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || { echo "$candidate"; return; }
  done
  echo "board-up: no port from 22022 to 22121 is free; give one with --port" >&2
  exit 1
}
# Of boards that start side by side one after the other takes a port: until the emulator listens the port looks free.
exec 9>"${TMPDIR:-/tmp}/lockstep-boards.$UID.lock"
flock -w 120 9 || { echo "board-up: another board has been starting for two minutes" >&2; exit 1; }
port=${port:-$(free_port)}
network=(-netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22")
case $board in
  mipsel)
    # The distribution's programs have the legacy encoding of NaN, which the CPU refuses unless it is told not to.
    machine=(qemu-system-mipsel -M malta -cpu P5600 -vga none -device "pcnet,netdev=net,romfile=")
    console="console=ttyS0 ieee754=relaxed"
    ;;
  armv7) machine=(qemu-system-arm -M virt -cpu cortex-a7 -device virtio-net-device,netdev=net) console=console=ttyAMA0 ;;
  aarch64)
    machine=(qemu-system-aarch64 -M virt -cpu cortex-a76 -device "virtio-net-pci,netdev=net,romfile=")
    console=console=ttyAMA0
    memory=${memory:-128}
    ;;
esac
command -v "${machine[0]}" >/dev/null || { echo "board-up: ${machine[0]} is missing; run scripts/setup.sh --boards" >&2; exit 2; }
"${machine[@]}" -m "${memory:-64}M" -kernel "$place/kernel" -initrd "$place/files.gz" -append "$console rdinit=/init panic=-1 quiet" \
  "${network[@]}" -nographic -monitor none -serial "file:$work/console.log" </dev/null >"$work/qemu.log" 2>&1 9>&- &
echo $! >"$work/pid"
disown
until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || [ ! -d "/proc/$(cat "$work/pid")" ]; do sleep 0.05; done
flock -u 9
cat >"$work/boards.json" <<END
{ "boards": { "$board-board": { "kind": "ssh", "host": "127.0.0.1", "port": $port, "user": "root", "key": "$place/key",
    "known_hosts": "$work/known_hosts", "target": "$board" } } }
END
for _ in $(seq 60); do
  [ -d "/proc/$(cat "$work/pid")" ] ||
    { echo "board-up: the emulator ended: $(tail -1 "$work/qemu.log")" >&2; exit 1; }
  if ssh -q -p "$port" -i "$place/key" -o BatchMode=yes -o ConnectTimeout=2 -o IdentitiesOnly=yes \
    -o StrictHostKeyChecking=accept-new -o "UserKnownHostsFile=$work/known_hosts" root@127.0.0.1 true </dev/null; then
    cat "$work/boards.json"
    exit 0
  fi
  sleep 1
done
echo "board-up: the board does not answer after a minute; $work/console.log has what it said" >&2
down "$work"
exit 1
