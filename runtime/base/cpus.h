#pragma once

#include <sched.h>

namespace lockstep {

// CPUs that this thread may run on; 1 if that is not known.
inline int UsableCpus() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace lockstep
