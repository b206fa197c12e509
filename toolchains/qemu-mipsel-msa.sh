#!/bin/sh
# Runs a mipsel program on an emulated P5600, as a copy that this CPU model takes.
set -u
program=$1
shift
copy=$(mktemp "${TMPDIR:-/tmp}/lockstep-msa.XXXXXX") || exit 5
trap 'rm -f "$copy"' EXIT
trap 'exit 130' INT TERM
"$(dirname "$0")/nan2008_copy.sh" "$program" "$copy" || exit 5
qemu-mipsel -cpu P5600 -L /usr/mipsel-linux-gnu "$copy" "$@"
