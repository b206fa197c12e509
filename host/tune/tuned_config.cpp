#include "tune/tuned_config.h"

#include <map>
#include <string>
#include <utility>

namespace lockstep::tune {
namespace {

using settings::Json;

// The key of a choice and its value.
std::pair<std::string, int> SaidBy(const quantize::Rule& rule) {
  if (rule.choices.table_input_bits) return {"table_input_bits", *rule.choices.table_input_bits};
  if (rule.choices.weight_bits) return {"weight_bits", *rule.choices.weight_bits};
  return {"activation_bits", *rule.choices.activation_bits};
}

}  // namespace

Json TunedConfig(const Json& given, const std::vector<quantize::Rule>& rules) {
  Json config = Json::object();
  for (const settings::Setting& setting : settings::Table()) {
    if (!given.contains(setting.key) || given.at(setting.key) == setting.fallback) continue;
    config[setting.key] = given.at(setting.key);
  }
  config["precision"] = "tuned";
  std::map<std::pair<std::string, int>, Json> names;
  for (const quantize::Rule& rule : rules) {
    Json& list = names.try_emplace(SaidBy(rule), Json::array()).first->second;
    for (const quantize::Scope& scope : rule.scopes) list.push_back(scope.pattern);
  }
  Json entries = config.value("layer_configs", Json::array());
  for (auto& [said, list] : names) {
    const char* what = said.first == "activation_bits" ? "tensors" : "nodes";
    entries.push_back({{what, std::move(list)}, {said.first, said.second}});
  }
  if (!entries.empty()) config["layer_configs"] = std::move(entries);
  return config;
}

}  // namespace lockstep::tune
