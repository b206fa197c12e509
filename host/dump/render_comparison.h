// A comparison of two dumps as text and JSON.
#pragma once

#include <string>

#include "dump/compare_dumps.h"

namespace lockstep::dump {

std::string ToText(const DumpComparison& comparison, bool colour);
std::string ToJson(const DumpComparison& comparison);

}  // namespace lockstep::dump
