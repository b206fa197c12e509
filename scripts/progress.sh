# Sourced by demo.sh and test.sh: numbered steps with their times, and what both need of the machine.
# shellcheck shell=bash
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
step_number=0
step_start=0
script_start=$SECONDS
jobs=$(nproc)
# Another clone of the same sources compiles from the same cache.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true

# step TEXT: ends the step before and begins the next of $steps
step() {
  end_step
  step_number=$((step_number + 1))
  step_start=$SECONDS
  step_text=$1
  echo "[$step_number/$steps] $1"
}

end_step() {
  [ "$step_number" -eq 0 ] || echo "[$step_number/$steps] $step_text: $((SECONDS - step_start)) s"
}

# build_preset PRESET TARGET...: configures if needed and builds; the output is shown only if it fails
build_preset() {
  local preset=$1 log
  shift
  mkdir -p "$root/build/$preset"
  log=$root/build/$preset/build.log
  {
    cmake --preset "$preset" && cmake --build --preset "$preset" -j "$jobs" --target "$@"
  } >"$log" 2>&1 || {
    grep -E "error|FAILED|CMake Error" -A5 "$log" | head -60 >&2
    echo "building $preset failed; the whole output is in $log" >&2
    return 1
  }
}
