#!/usr/bin/env bash
# zoo.sh [--json FILE] [--board BOARD...] [--keep FOLDER] [NAME...]: fetches public networks, exports torchvision's
# architectures with random weights, and takes each through import, the float engine against ONNX Runtime, a build with
# four pictures, and a crosscheck on this PC and emulated boards (there with smaller pictures where it would take
# minutes). A table; status 1 if a network fails. Needs build/host and build/TARGET for the boards, Node.js, and for the
# exports python3-torch and python3-torchvision of Debian, which `scripts/setup.sh --zoo` installs (LOCKSTEP_PYTHON:
# another python3).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ -x "$root/build/host/bin/lockstep" ] ||
  { echo "zoo: build/host/bin/lockstep is missing; build the preset host first" >&2; exit 2; }
PYTHONDONTWRITEBYTECODE=1 exec "${LOCKSTEP_PYTHON:-/usr/bin/python3}" "$root/scripts/zoo/main.py" "$@"
