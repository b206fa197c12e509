#!/bin/sh
# build_plugin.sh FILE.so: the plugin of user-mode QEMU that counts the instructions of every layer (count_layers.c).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: build_plugin.sh FILE.so" >&2; exit 2; }
${CC:-cc} -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -o "$1" "$here/count_layers.c"
