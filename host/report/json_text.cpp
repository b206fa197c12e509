#include "report/json_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "graph/error.h"

namespace lockstep::report {

namespace {

// "2, column 7": where the byte of this number stands, counted from 1.
std::string Place(const std::vector<uint8_t>& text, size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(std::max<size_t>(byte, 1) - 1, text.size()));
  const auto line = 1 + std::count(text.begin(), end, '\n');
  const auto begin = std::find(std::make_reverse_iterator(end), text.rend(), '\n').base();
  return std::to_string(line) + ", column " + std::to_string(1 + (end - begin));
}

}  // namespace

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
  } catch (const nlohmann::json::parse_error& error) {
    throw UsageError(
        source + ": not a JSON file: line " + Place(text, error.byte) +
        " is the first that does not belong there; look for a comma, quote or bracket too many or too few");
  } catch (const nlohmann::json::exception&) {
    throw UsageError(source + ": not a JSON file: it holds a number that is too large; correct it");
  }
}

}  // namespace lockstep::report
