#!/bin/sh
# Guest instructions of the convolution kernels on an emulated target, portable against its instruction set:
#   bench/instructions/count_instructions.sh aarch64|mipsel|mipsel-msa|armv7 [BUILD_DIR]
# It builds in a folder of its own, build/bench-TARGET, for benchmarks are no part of a target's ordinary build.
# Counts are deterministic. One run of a layer is the difference between a program that runs it once and one that does not.
set -eu
target=${1:?usage: count_instructions.sh TARGET [BUILD_DIR]}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${2:-$root/build/bench-$target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$root/toolchains/$target.cmake" -DLOCKSTEP_BENCH=ON \
  -DLOCKSTEP_TESTS=OFF >"$work/log" 2>&1 &&
  ninja -C "$build" conv_once >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
gcc -O2 -shared -fPIC -o "$work/counter.so" "$root/bench/instructions/instruction_counter.c"

program=$build/bin/conv_once
case $target in
  aarch64) emulator="qemu-aarch64 -cpu cortex-a53 -L /usr/aarch64-linux-gnu"; variant=conv_u8s8_neon ;;
  armv7) emulator="qemu-arm -cpu cortex-a7 -L /usr/arm-linux-gnueabihf"; variant= ;;
  mipsel) emulator="qemu-mipsel -L /usr/mipsel-linux-gnu"; variant= ;;
  mipsel-msa)
    emulator="qemu-mipsel -cpu P5600 -L /usr/mipsel-linux-gnu"
    variant=conv_u8s8_msa
    "$root/toolchains/nan2008_copy.sh" "$program" "$work/program"
    program=$work/program
    ;;
  *) echo "count_instructions.sh: unknown target $target" >&2; exit 2 ;;
esac

# instructions KERNEL IN OUT HEIGHT WIDTH SIZE STRIDE
instructions() {
  for runs in 0 1; do
    env -i COUNT_FILE="$work/count$runs" $emulator -plugin "$work/counter.so" "$program" "$@" $runs
  done
  echo $(($(cat "$work/count1") - $(cat "$work/count0")))
}

printf '%-28s %14s %8s %14s %8s %7s\n' "layer of $target" portable per-MAC "${variant:-}" per-MAC ratio
while read -r name in out height width size stride; do
  macs=$((height * width * in * out * size * size))
  portable=$(instructions conv_u8s8_portable "$in" "$out" "$height" "$width" "$size" "$stride")
  fast=0
  [ -z "$variant" ] || fast=$(instructions "$variant" "$in" "$out" "$height" "$width" "$size" "$stride")
  echo "$name $portable $fast $macs" | awk '{
    printf "%-28s %14d %8.3f", $1, $2, $2 / $4
    if ($3 > 0) printf " %14d %8.3f %7.2f", $3, $3 / $4, $2 / $3
    print "" }'
done <<LAYERS
3x3_s2_3_16_w320 3 16 4 320 3 2
3x3_16_16_w160 16 16 8 160 3 1
3x3_32_32_w80 32 32 8 80 3 1
3x3_64_64_w80 64 64 8 80 3 1
3x3_80_80_w80 80 80 4 80 3 1
3x3_s2_64_128_w40 64 128 4 40 3 2
3x3_128_128_w20 128 128 4 20 3 1
1x1_64_64_w80 64 64 8 80 1 1
1x1_128_128_w80 128 128 4 80 1 1
1x1_384_256_w20 384 256 4 20 1 1
LAYERS
