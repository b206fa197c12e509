#!/bin/sh
# nan2008_copy.sh PROGRAM COPY: a copy of a mipsel program that an emulated P5600 runs. That CPU model, the only one with MSA,
# refuses the legacy-NaN executables of Debian's toolchain; the copy has the nan2008 bit (0x400) of e_flags, which lies at
# offset 37 of the ELF header.
set -eu
cp "$1" "$2"
chmod +x "$2"
flags=$(od -An -tu1 -j37 -N1 "$2" | tr -d ' ')
printf "\\$(printf %o $((flags | 4)))" | dd of="$2" bs=1 seek=37 conv=notrunc status=none
