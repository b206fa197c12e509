// The profile.csv of run_joint_profile.
#pragma once

#include <string>

#include "page/page_data.h"

namespace lockstep::page {

// As the profile's JSON has it. Throws BadInput that names `source` for a text that is no such table.
Json ProfileFromCsv(const std::string& text, const std::string& source);

}  // namespace lockstep::page
