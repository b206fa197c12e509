#!/bin/sh
# check_install.sh BUILD SOURCE WRITE_NETWORK CC [EMULATOR...]: installs the runtime of a build folder and builds
# samples/embed against it, in all four builds, by make and pkg-config, static and shared, and by a CMake project. All of
# them print the same outputs, and each build does what it is there for.
set -eu
build=$1
source=$2
write_network=$3
compiler=$4
shift 4
work=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-install.XXXXXX")
trap 'rm -rf "$work"' EXIT
for component in runtime devel; do
  cmake --install "$build" --prefix "$work/prefix" --component $component --strip >"$work/log" || { cat "$work/log"; exit 1; }
done
"$@" "$write_network" "$work/small.joint"
cp -r "$source/samples/embed" "$work/embed"
cd "$work/embed"
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"
cross=${compiler##*/}
[ "$cross" = "${cross%-gcc}" ] && cross= || cross=${cross%gcc}

# run PROGRAM: what it prints about the outputs, in all builds the same.
run() {
  rm -rf dump
  "$@" >"$work/output" 2>"$work/error" || { cat "$work/output" "$work/error"; exit 1; }
  grep -E '^[^ ]+ (u8|u16|f32):' "$work/output" >"$work/actual"
  [ -e "$work/expected" ] || cp "$work/actual" "$work/expected"
  cmp "$work/expected" "$work/actual"
}

for library in static shared; do
  for name in release debug profile nmem; do
    static=
    [ $library = shared ] || static=static=1
    make -s CROSS_COMPILE="$cross" build_type=$name $static
    needed=$(readelf -d "embed_$name" | grep -c "NEEDED.*lockstep" || true)
    [ $library = shared ] && wanted=1 || wanted=0
    [ "$needed" = $wanted ] || { echo "embed_$name ($library) is the program of another build"; exit 1; }
    export TMPDIR="$work"
    rm -f "$work/nmem_memory.txt"
    run "$@" "./embed_$name" "$work/small.joint"
    case $name in
      debug) [ -s dump/manifest.json ] ;;
      profile) grep -q "layers" "$work/output" ;;
      nmem) [ -s "$work/nmem_memory.txt" ] ;;
    esac || { echo "embed_$name ($library) did not write its report"; cat "$work/output"; exit 1; }
  done
done
[ -s "$work/expected" ]
# Above, the program of one library is replaced by that of the other without a `make clean`, which needs no package.
export PKG_CONFIG_LIBDIR="$work"
PKG_CONFIG_PATH= make -s clean || { echo "make clean needs pkg-config to find the package"; exit 1; }
[ ! -e embed_release ] || { echo "make clean left embed_release"; exit 1; }
if PKG_CONFIG_PATH= make -s 2>"$work/error" || ! grep -q "set PKG_CONFIG_PATH" "$work/error"; then
  cat "$work/error"; echo "make without PKG_CONFIG_PATH does not say what to set"; exit 1
fi
unset PKG_CONFIG_LIBDIR
if make -s build_type=fast 2>"$work/error"; then echo "build_type=fast was taken"; exit 1; fi

mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user C)
find_package(lockstep 0.1 REQUIRED)
foreach(name runtime runtime_static nmem profile_static)
  add_executable(user_${name} ../embed/embed.c)
  target_link_libraries(user_${name} PRIVATE lockstep::${name})
endforeach()
END
toolchain=$(sed -n 's/^CMAKE_TOOLCHAIN_FILE:[A-Z]*=//p' "$build/CMakeCache.txt")
[ -n "$toolchain" ] && toolchain="--toolchain $toolchain" || toolchain=-DCMAKE_C_COMPILER=$compiler
{ cmake -S "$work/project" -B "$work/project/build" $toolchain -DCMAKE_PREFIX_PATH="$work/prefix" &&
  cmake --build "$work/project/build"; } >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for name in runtime runtime_static nmem profile_static; do
  run "$@" "$work/project/build/user_$name" "$work/small.joint"
done
