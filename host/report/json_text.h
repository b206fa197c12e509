// JSON as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lockstep::report {

// One line, or lines indented by `indent` and a line's end. Names and paths need not be UTF-8: what is not becomes
// U+FFFD, because a file's name must not make a report of done work fail.
std::string JsonText(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace lockstep::report
