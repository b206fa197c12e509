// JSON as text.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lockstep::report {

// One line, or lines indented by `indent` and a line's end. Names and paths need not be UTF-8: what is not becomes
// U+FFFD, because a file's name must not make a report of done work fail.
std::string JsonText(const nlohmann::ordered_json& json, int indent = -1);

// null for what is not finite, which JSON cannot say.
nlohmann::ordered_json JsonNumber(double value);

// What `text` says. Throws UsageError that names `source` and the place of the mistake; a key that an object has twice
// is one.
nlohmann::ordered_json ParseJson(const std::vector<uint8_t>& text, const std::string& source);

}  // namespace lockstep::report
