// A comparison of two folders as text and JSON.
#pragma once

#include <string>

#include "compare/compare_folders.h"

namespace lockstep::compare {

std::string ToText(const FolderComparison& comparison, bool colour);
std::string ToJson(const FolderComparison& comparison);

}  // namespace lockstep::compare
