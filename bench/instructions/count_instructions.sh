#!/bin/sh
# Guest instructions per multiply-accumulate of the convolution kernels on an emulated target:
#   bench/instructions/count_instructions.sh aarch64|mipsel|mipsel-msa|armv7 [BUILD_DIR]
# It builds in a folder of its own, build/bench-TARGET, for benchmarks are no part of a target's ordinary build.
# Counts are deterministic. One run of a layer is the difference between a program that runs it once and one that does not.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
usage="usage: count_instructions.sh aarch64|mipsel|mipsel-msa|armv7 [BUILD_DIR]"
case ${1:-} in
  aarch64 | mipsel | mipsel-msa | armv7) target=$1 ;;
  -h | --help) echo "$usage"; exit 0 ;;
  *) echo "$usage" >&2; exit 2 ;;
esac
build=${2:-$root/build/bench-$target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$root/toolchains/$target.cmake" -DLOCKSTEP_BENCH=ON \
  -DLOCKSTEP_TESTS=OFF >"$work/log" 2>&1 &&
  ninja -C "$build" conv_once >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
gcc -O2 -shared -fPIC -o "$work/counter.so" "$root/bench/instructions/instruction_counter.c"

program=$build/bin/conv_once
# Kernels, each with the CPU that has its instruction set.
case $target in
  aarch64)
    emulator="qemu-aarch64 -L /usr/aarch64-linux-gnu"
    variants="portable@cortex-a53 neon@cortex-a53 winograd_neon@cortex-a53 neondot@cortex-a76 neoni8mm@max"
    ;;
  armv7)
    emulator="qemu-arm -L /usr/arm-linux-gnueabihf"
    variants="portable@cortex-a7 neon@cortex-a7 winograd_neon@cortex-a7"
    ;;
  mipsel) emulator="qemu-mipsel -L /usr/mipsel-linux-gnu"; variants="portable@24Kf" ;;
  mipsel-msa)
    emulator="qemu-mipsel -L /usr/mipsel-linux-gnu"
    variants="portable@P5600 msa@P5600"
    "$root/toolchains/nan2008_copy.sh" "$program" "$work/program"
    program=$work/program
    ;;
esac

# instructions CPU KERNEL IN OUT HEIGHT WIDTH SIZE STRIDE: nothing for a layer that the kernel does not take
instructions() {
  cpu=$1
  shift
  for runs in 0 1; do
    status=0
    env -i COUNT_FILE="$work/count$runs" $emulator -cpu "$cpu" -plugin "$work/counter.so" "$program" "$@" $runs || status=$?
    [ $status -ne 3 ] || return 0
    [ $status -eq 0 ] || exit $status
  done
  echo $(($(cat "$work/count1") - $(cat "$work/count0")))
}

printf '%-20s' "$target, per MAC"
for variant in $variants; do printf ' %14s' "${variant%@*}"; done
echo
while read -r name in out height width size stride; do
  macs=$((height * width * in * out * size * size))
  printf '%-20s' "$name"
  for variant in $variants; do
    case $variant in winograd_*) kernel=conv_winograd_u8s8_${variant#winograd_} ;; *) kernel=conv_u8s8_$variant ;; esac
    counted=$(instructions "${variant#*@}" "${kernel%@*}" "$in" "$out" "$height" "$width" "$size" "$stride")
    [ -z "$counted" ] && printf ' %14s' - || printf ' %14s' "$(echo "$counted $macs" | awk '{printf "%.3f", $1 / $2}')"
  done
  echo
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
