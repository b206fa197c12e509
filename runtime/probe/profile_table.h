// The profile as text: a table of the layers, one of the operators and one of the slowest layers; and as CSV.
#pragma once

#include "base/string.h"
#include "lockstep/runtime.h"
#include "probe/profile_times.h"

namespace lockstep {

void PrintProfile(const Session& session, const ProfileTimes& times);
Status WriteProfileCsv(const Session& session, const ProfileTimes& times, const String& path);

}  // namespace lockstep
