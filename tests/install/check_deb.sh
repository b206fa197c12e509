#!/bin/sh
# check_deb.sh BUILD WRITE_NETWORK: the Debian package of a build folder; what is in it runs from where it is extracted.
set -eu
build=$1
write_network=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
cpack --config "$build/CPackConfig.cmake" -B "$work/pack" >log 2>&1 || { cat log; exit 1; }
package=$(echo pack/lockstep_*.deb)
dpkg-deb --field "$package" Package Version Depends
dpkg-deb --field "$package" Depends | grep -q libc6 || { echo "the package names no libraries that it needs"; exit 1; }
dpkg-deb -x "$package" root
"$write_network" small.joint
"root/usr/bin/lockstep" info small.joint | grep -q small
"root/usr/bin/run_joint_release" --self-test small.joint | grep -q "self-test   passed"
for file in lib/liblockstep.so lib/liblockstep.m.a include/lockstep/lockstep.h lib/pkgconfig/lockstep-debug.pc \
  lib/cmake/lockstep/lockstepConfig.cmake bin/run_joint_nmem; do
  [ -e "root/usr/$file" ] || { echo "the package has no usr/$file"; exit 1; }
done
