#!/usr/bin/env bash
# How long `lockstep compare` takes beside md5sum on the same files: a gigabyte in two dumps (tensors of u8, u16 and
# f32), once equal, once with one element in a thousand changed, once with every element changed. Both take turns, the
# medians count. The machine may be shared: read the ratio.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rounds=${1:-5}
megabytes=${2:-1024}
lockstep=${LOCKSTEP:-$root/build/host/bin/lockstep}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 - "$work" "$megabytes" <<'PYTHON'
import hashlib, json, os, sys
import numpy
work, megabytes = sys.argv[1], int(sys.argv[2])
random = numpy.random.default_rng(1)
tensors = 32
each = megabytes * 2**20 // 2 // tensors
each -= each % 65536
types = [("u8", numpy.uint8), ("u16", numpy.uint16), ("f32", numpy.float32), ("u8", numpy.uint8)]
layers = {name: [] for name in ("a", "equal", "some", "all")}
for name in layers:
    os.makedirs(f"{work}/{name}")
for index in range(tensors):
    dtype, kind = types[index % len(types)]
    count = each // kind().itemsize
    # Like activations: many zeros, the rest spread.
    values = numpy.maximum(random.normal(0, 40, count), 0).astype(kind)
    some, every = values.copy(), values.copy()
    some[::1000] += kind(1)
    every += kind(1)
    for name, data in (("a", values), ("equal", values), ("some", some), ("all", every)):
        file = f"{index:04d}_layer{index}_shape_1_{count // 64}_64.bin"
        data.tofile(f"{work}/{name}/{file}")
        layers[name].append({"index": index, "name": f"layer{index}", "op": "Conv", "onnx_nodes": [], "tensor": f"t{index}",
                             "dtype": dtype, "shape": [1, count // 64, 64], "axes": [0, 1, 2],
                             "scale": 1.0 if dtype == "f32" else 0.02, "zero_point": 0, "bytes": data.nbytes,
                             "md5": hashlib.md5(data.tobytes()).hexdigest(), "file": file})
for name, entries in layers.items():
    with open(f"{work}/{name}/manifest.json", "w") as file:
        json.dump({"format": 1, "producer": "runtime", "model": "m", "model_digest": "0" * 32, "contract": "rq1",
                   "target": "host", "layers": entries}, file)
PYTHON

# seconds COMMAND...: how long it takes.
seconds() {
  local begin end
  begin=$(date +%s%N)
  "$@" >/dev/null || [ $? -eq 1 ]
  end=$(date +%s%N)
  echo "$(((end - begin) / 1000000))"
}
one_core() { md5sum "$work"/a/*.bin "$work/$1"/*.bin; }
all_cores() { printf '%s\0' "$work"/a/*.bin "$work/$1"/*.bin | xargs -0 -n 4 -P "$(nproc)" md5sum; }
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

echo "megabytes $megabytes, rounds $rounds, processors $(nproc)"
printf '%-6s %12s %12s %14s %8s %8s\n' files "compare ms" "md5sum ms" "md5sum -P ms" ratio "ratio -P"
for kind in equal some all; do
  compare=() one=() all=()
  one_core "$kind" >/dev/null # into memory
  for _ in $(seq "$rounds"); do
    compare+=("$(seconds "$lockstep" compare "$work/a" "$work/$kind")")
    one+=("$(seconds one_core "$kind")")
    all+=("$(seconds all_cores "$kind")")
  done
  c=$(median "${compare[@]}") o=$(median "${one[@]}") a=$(median "${all[@]}")
  printf '%-6s %12s %12s %14s %8s %8s\n' "$kind" "$c" "$o" "$a" "$(awk "BEGIN{printf \"%.2f\", $c/$o}")" \
    "$(awk "BEGIN{printf \"%.2f\", $c/$a}")"
done
