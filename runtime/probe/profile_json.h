// The profile for programs: what the tables show, of every layer, and what it was measured with.
#pragma once

#include "base/string.h"
#include "lockstep/runtime.h"
#include "probe/profile_times.h"

namespace lockstep {

Status WriteProfileJson(const Session& session, const ProfileTimes& times, const String& path);

}  // namespace lockstep
