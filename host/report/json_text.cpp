#include "report/json_text.h"

#include <nlohmann/json.hpp>

namespace lockstep::report {

std::string JsonText(const nlohmann::ordered_json& json, int indent) {
  std::string text = json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (indent >= 0) text += '\n';
  return text;
}

}  // namespace lockstep::report
