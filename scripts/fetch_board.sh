#!/usr/bin/env bash
# fetch_board.sh mipsel|armv7|aarch64: kernel and initial file system of a whole emulated board, in .cache/boards/BOARD:
# the distribution's kernel, busybox and dropbear, with an ssh key and a host key of this folder's own. Prints the folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
board=${1:-}
case $board in
  mipsel) architecture=mipsel kernel=linux-image-4kc-malta modules=(mii pcnet32) ;;
  armv7) architecture=armhf kernel=linux-image-armmp modules=(failover net_failover virtio virtio_ring virtio_mmio virtio_net) ;;
  aarch64)
    architecture=arm64 kernel=linux-image-cloud-arm64
    modules=(failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_net)
    ;;
  *) echo "usage: fetch_board.sh mipsel|armv7|aarch64" >&2; exit 2 ;;
esac
place=$root/.cache/boards/$board
if [ -e "$place/complete" ]; then
  echo "$place"
  exit 0
fi
for program in cpio dropbearkey ssh-keygen; do
  command -v "$program" >/dev/null ||
    { echo "fetch_board: $program is missing; run scripts/setup.sh" >&2; exit 2; }
done
mkdir -p "$root/.cache/boards"
work=$(mktemp -d "$root/.cache/boards/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "fetch_board: $board" >&2
"$root/scripts/foreign_packages.sh" "$architecture" "$work" "$kernel/depends" busybox-static dropbear-bin libc6 \
  libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g
tree=$work/tree
files=$work/files
made=$work/made
mkdir -p "$files"/{bin,dev,etc/dropbear,lib,proc,root/.ssh,sys,tmp} "$made"

# The libraries that dropbear needs, by their names in the program and in each other.
copy() { # NAME: from wherever it is in the tree
  local found
  found=$(find "$tree" -name "$1" | head -1)
  [ -n "$found" ] || { echo "fetch_board: the packages have no $1" >&2; exit 1; }
  cp -L "$found" "$files/lib/"
}
copy "$(basename "$(readelf -l "$tree/usr/sbin/dropbear" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')")"
for library in libc.so.6 libcrypt.so.1 libtomcrypt.so.1 libtommath.so.1 libgmp.so.10 libz.so.1; do copy "$library"; done
for module in "${modules[@]}"; do
  found=$(find "$tree/lib/modules" -name "$module.ko" | head -1)
  [ -z "$found" ] || cp "$found" "$files/lib/" # what is not there is built into the kernel
done
cp "$tree/bin/busybox" "$tree/usr/sbin/dropbear" "$files/bin/"
ln -s busybox "$files/bin/sh"

ssh-keygen -q -t ed25519 -N '' -C "emulated board" -f "$made/key"
dropbearkey -t ed25519 -f "$files/etc/dropbear/dropbear_ed25519_host_key" >/dev/null 2>&1
cp "$made/key.pub" "$files/root/.ssh/authorized_keys"
chmod 700 "$files/root" "$files/root/.ssh"
chmod 600 "$files/root/.ssh/authorized_keys"
echo root:x:0:0:root:/root:/bin/sh >"$files/etc/passwd"
echo root:x:0: >"$files/etc/group"
echo /bin/sh >"$files/etc/shells"
cat >"$files/init" <<END
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts pts /dev/pts
mount -t tmpfs -o size=24m tmp /tmp
for module in ${modules[*]}; do [ ! -e /lib/\$module.ko ] || insmod /lib/\$module.ko; done
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
route add default gw 10.0.2.2
hostname $board
exec dropbear -E -s -F -r /etc/dropbear/dropbear_ed25519_host_key
END
chmod 755 "$files/init"
(cd "$files" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -9) >"$made/files.gz"
cp "$tree"/boot/vmlinuz-* "$made/kernel"
touch "$made/complete"
rm -rf "$place"
mv -T "$made" "$place" 2>/dev/null || [ -e "$place/complete" ] # another run may have been faster
echo "$place"
