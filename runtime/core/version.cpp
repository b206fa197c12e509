#include "lockstep/runtime.h"
#include "probe/probe.h"

namespace lockstep {

// Both come from CMakeLists.txt, the one place that knows them.
const char* RuntimeVersion() { return LOCKSTEP_VERSION; }
const char* TargetName() { return LOCKSTEP_TARGET; }
const char* BuildName() { return Probe::BuildName(); }

}  // namespace lockstep
