#!/bin/sh
# Runs a mipsel program on an emulated P5600, the only CPU model that has MSA. That model refuses the legacy-NaN executables
# of Debian's toolchain, so a temporary copy gets the nan2008 bit (0x400) of e_flags, which lies at offset 37 of the ELF header.
set -u
program=$1
shift
copy=$(mktemp "${TMPDIR:-/tmp}/lockstep-msa.XXXXXX") || exit 5
trap 'rm -f "$copy"' EXIT
trap 'exit 130' INT TERM
cp "$program" "$copy" && chmod +x "$copy" || exit 5
flags=$(od -An -tu1 -j37 -N1 "$copy" | tr -d ' ')
printf "\\$(printf %o $((flags | 4)))" | dd of="$copy" bs=1 seek=37 conv=notrunc status=none || exit 5
qemu-mipsel -cpu P5600 -L /usr/mipsel-linux-gnu "$copy" "$@"
