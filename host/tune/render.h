// What `tune` found, for people and programs.
#pragma once

#include <string>

#include "tune/tune.h"

namespace lockstep::tune {

// The table of steps, what was raised, and subgraphs that hold much of it. Of steps that drop what is unnecessary,
// those that met the target are shown.
std::string ToText(const TuneResult& result, const TuneOptions& options, bool colour);
std::string ToJson(const TuneResult& result, const TuneOptions& options);

}  // namespace lockstep::tune
