#include "report/json_text.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "graph/error.h"

namespace lockstep::report {

std::string JsonText(const nlohmann::ordered_json& json, int indent) {
  std::string text = json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (indent >= 0) text += '\n';
  return text;
}

nlohmann::ordered_json JsonNumber(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json ParseJson(const std::vector<uint8_t>& text, const std::string& source) {
  using nlohmann::ordered_json;
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto refuse_repeated_keys = [&](int /*depth*/, ordered_json::parse_event_t event, ordered_json& parsed) {
    if (event == ordered_json::parse_event_t::object_start) keys.emplace_back();
    if (event == ordered_json::parse_event_t::object_end) keys.pop_back();
    if (event == ordered_json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      throw UsageError(source + ": the key " + JsonText(parsed) + " is there twice; remove one of them");
    }
    return true;
  };
  try {
    return ordered_json::parse(text.begin(), text.end(), refuse_repeated_keys);
  } catch (const nlohmann::json::exception& error) {
    const std::string what = error.what();  // "[json.exception.parse_error.101] parse error at line 1, ..."
    const size_t mark = what.find("] ");
    throw UsageError(source + ": not a JSON file: " + what.substr(mark == std::string::npos ? 0 : mark + 2) +
                     "; correct it there");
  }
}

}  // namespace lockstep::report
