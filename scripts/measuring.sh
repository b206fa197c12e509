# shellcheck shell=bash
# Sourced by scripts that measure settings against labelled pictures. They set network, calibration, settings (for `lockstep
# build`) and evaluate (for `lockstep evaluate`), and keep the metrics of each setting in a folder: what is there is not
# measured again.
lockstep=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/host/bin/lockstep

# measure FOLDER SETTING...: FOLDER/metrics.json of the network as it is built with these settings.
measure() {
  local folder=$1
  shift
  [ ! -s "$folder/metrics.json" ] || return 0
  mkdir -p "$folder"
  "$lockstep" build -q --input "$network" --name net --output-dir "$folder" --calibration "$calibration" \
    "${settings[@]}" "$@" >/dev/null 2>"$folder/build.log" || {
    cat "$folder/build.log" >&2
    exit 1
  }
  "$lockstep" evaluate -q "$folder/net.joint" "${evaluate[@]}" --json "$folder/metrics.json" >/dev/null
}

# kept FOLDER: "44.97 | 99.73 ± 0.57", the metric and what is kept of the float network's, in percent.
kept() {
  python3 - "$1/metrics.json" <<'PYTHON'
import json, sys
with open(sys.argv[1]) as file:
    metrics = json.load(file)["metrics"]
of = metrics.get("map50_95", metrics.get("top1", metrics.get("miou")))
print(f"{100 * of:.2f} | {metrics['kept']:.2f} ± {metrics['kept_error']:.2f}")
PYTHON
}
