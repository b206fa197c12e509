#!/usr/bin/env bash
# setup.sh [--zoo] [--boards]: installs every package that building, testing and the demo need, and fetches the libraries of
# the report's page; --zoo: the packages of scripts/zoo.sh too, --boards: what board-up.sh needs for ARM.
# Safe to run again: it does nothing when all is there.
set -euo pipefail

apt_packages=(
  # build tools
  ca-certificates ccache cmake dpkg-dev g++ git make ninja-build pkg-config
  # libraries of the host tools
  flatbuffers-compiler libarchive-dev libcli11-dev libdnnl-dev libflatbuffers-dev libminizip-dev libonnx-dev libopencv-dev
  libprotobuf-dev libssl-dev nlohmann-json3-dev protobuf-compiler
  # tests and benchmarks
  googletest libbenchmark-dev libgtest-dev libonnx-testdata python3 python3-numpy python3-onnx
  # tests of the report's page
  chromium chromium-driver fonts-dejavu-core python3-selenium
  # boards: cross compilers and their emulators
  g++-aarch64-linux-gnu g++-arm-linux-gnueabihf g++-mipsel-linux-gnu qemu-user
  # an emulated board over ssh, and adb's client
  adb cpio dropbear-bin openssh-client qemu-system-mips
  # pictures for the demo
  opencv-doc
  # style; libomp-dev has the omp.h that clang-tidy finds
  clang-format clang-tidy libomp-dev
)
for argument in "$@"; do
  case $argument in
    --zoo) apt_packages+=(python3-torch python3-torchvision) ;;
    --boards) apt_packages+=(qemu-system-arm) ;;
    *) echo "setup: unknown argument $argument; there are --zoo and --boards" >&2; exit 2 ;;
  esac
done
command -v node >/dev/null || apt_packages+=(nodejs)
command -v npm >/dev/null || apt_packages+=(npm)

missing=()
for package in "${apt_packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Under sudo what is fetched belongs to the user who called it, and not to root: others of the scripts write there too.
fetch_libraries() {
  "$scripts/fetch_page_libraries.sh" >/dev/null
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ] && [ -n "${SUDO_GID:-}" ]; then
    chown -R --from=root "$SUDO_UID:$SUDO_GID" "$scripts/../.cache"
  fi
}
if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: all ${#apt_packages[@]} packages are installed"
  fetch_libraries
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: installing packages needs root: run this as root or install sudo" >&2; exit 2; }
  as_root=(sudo)
fi
echo "setup: installing ${#missing[@]} packages: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -qq)
"${apt[@]}" update
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
fetch_libraries
echo "setup: done"
