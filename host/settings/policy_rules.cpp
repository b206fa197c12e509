#include "settings/policy_rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "settings/choices.h"

namespace lockstep::settings {
namespace {

using quantize::Choices;
using quantize::PolicySettings;
using quantize::Rule;
using quantize::Scope;

// Keys of an entry that say of what it speaks: a text or a list of texts.
struct ScopeKey {
  const char* name;
  Scope::Kind kind;
};
constexpr std::array<ScopeKey, 4> kScopeKeys = {{{"nodes", Scope::Kind::kNode},
                                                 {"ops", Scope::Kind::kOperator},
                                                 {"subgraphs", Scope::Kind::kSubgraph},
                                                 {"tensors", Scope::Kind::kTensor}}};
constexpr char kDefaultKey[] = "default";

// Keys that say something.
struct ChoiceKey {
  const char* name;
  const char* wanted;
  bool (*fits)(const Json& value);
  void (*take)(const Json& value, Choices& choices);
  bool of_tensors;  // may be said of tensors
};

template <int kLeast>
bool IsBits(const Json& value) {
  return value.is_number_integer() && value.get<double>() >= kLeast && value.get<double>() <= quantize::kMostBits;
}
bool IsYesNo(const Json& value) { return value.is_boolean(); }
bool IsPercentile(const Json& value) {
  return value.is_number() && value.get<double>() > 50.0 && value.get<double>() <= 100.0;
}
template <typename Table>
bool IsNameIn(const Table& table, const Json& value) {
  return value.is_string() &&
         std::any_of(table.begin(), table.end(), [&](const auto& named) { return value == named.name; });
}

const std::vector<ChoiceKey>& ChoiceKeys() {
  static const std::vector<ChoiceKey> kKeys = {
      {"float", "true or false", IsYesNo,
       [](const Json& value, Choices& choices) { choices.floats = value.get<bool>(); }, false},
      {"activation_bits", "a whole number in 2..16", IsBits<quantize::kLeastBits>,
       [](const Json& value, Choices& choices) { choices.activation_bits = value.get<int>(); }, true},
      {"table_input_bits", "a whole number in 8..16", IsBits<quantize::kByteBits>,
       [](const Json& value, Choices& choices) { choices.table_input_bits = value.get<int>(); }, false},
      {"weight_bits", "a whole number in 2..16", IsBits<quantize::kLeastBits>,
       [](const Json& value, Choices& choices) { choices.weight_bits = value.get<int>(); }, false},
      {"weight_range", "max, mse or admm", [](const Json& value) { return IsNameIn(WeightRanges(), value); },
       [](const Json& value, Choices& choices) {
         choices.weight_range = ValueOf(WeightRanges(), value.get<std::string>());
       },
       false},
      {"weight_scales", "per_channel or per_tensor", [](const Json& value) { return IsNameIn(kScales, value); },
       [](const Json& value, Choices& choices) {
         choices.weights_per_tensor = ValueOf(kScales, value.get<std::string>());
       },
       false},
      {"observer", "minmax, moving_average, percentile, mse, kl, admm, octav or auto",
       [](const Json& value) { return IsNameIn(Observers(), value); },
       [](const Json& value, Choices& choices) { choices.observer = ValueOf(Observers(), value.get<std::string>()); },
       true},
      {"percentile", "above 50 and at most 100", IsPercentile,
       [](const Json& value, Choices& choices) { choices.percentile = value.get<double>(); }, true},
      {"activation_range", "asymmetric or symmetric",
       [](const Json& value) { return IsNameIn(kActivationRanges, value); },
       [](const Json& value, Choices& choices) {
         choices.symmetric = ValueOf(kActivationRanges, value.get<std::string>());
       },
       true},
  };
  return kKeys;
}

bool IsTextOrTexts(const Json& value) {
  if (value.is_string()) return true;
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& text) { return text.is_string(); });
}

template <typename Keys>
const typename Keys::value_type* FindKey(const Keys& keys, const std::string& name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return name == key.name; });
  return found == keys.end() ? nullptr : &*found;
}

std::string KeyProblem(const std::string& name, const Json& value) {
  const auto must = [&](const std::string& wanted) { return name + " must be " + wanted; };
  if (FindKey(kScopeKeys, name) != nullptr) return IsTextOrTexts(value) ? "" : must("a name or a list of names");
  if (name == kDefaultKey) return value == Json(true) ? "" : must("true, or be left out");
  if (const ChoiceKey* key = FindKey(ChoiceKeys(), name)) return key->fits(value) ? "" : must(key->wanted);
  std::vector<std::string> known{kDefaultKey};
  for (const ScopeKey& key : kScopeKeys) known.emplace_back(key.name);
  for (const ChoiceKey& key : ChoiceKeys()) known.emplace_back(key.name);
  return "unknown key " + graph::Quoted(name) + graph::DidYouMean(name, known);
}

std::string EntryProblem(const Json& entry) {
  bool speaks_of = false;
  bool says = false;
  for (const auto& [name, value] : entry.items()) {
    std::string problem = KeyProblem(name, value);
    if (!problem.empty()) return problem;
    const ChoiceKey* choice = FindKey(ChoiceKeys(), name);
    if (choice != nullptr && !choice->of_tensors && entry.contains("tensors")) {
      return name + std::string(" cannot be said of tensors; name nodes");
    }
    (choice == nullptr ? speaks_of : says) = true;
  }
  if (!speaks_of) return "it names nothing; give nodes, ops, subgraphs, tensors or \"default\": true";
  if (!says) return "it says nothing of what it names; give activation_bits, float or another setting";
  return "";
}

void AddScopes(Scope::Kind kind, const Json& names, std::vector<Scope>& scopes) {
  if (names.is_string()) {
    scopes.push_back({kind, names.get<std::string>()});
    return;
  }
  for (const Json& name : names) scopes.push_back({kind, name.get<std::string>()});
}

void AddNames(const Json& resolved, const char* key, Scope::Kind kind, bool floats, PolicySettings& rules) {
  if (!resolved.contains(key) || resolved.at(key).empty()) return;
  Rule rule;
  rule.source = key;
  AddScopes(kind, resolved.at(key), rule.scopes);
  rule.choices.floats = floats;
  rules.push_back(rule);
}

void AddScoped(const Json& resolved, const char* key, PolicySettings& rules) {
  if (!resolved.contains(key)) return;
  const ChoiceKey& choice = *FindKey(ChoiceKeys(), key);
  const auto add = [&](const Scope& scope, const Json& value) {
    Rule rule{key, {scope}, {}};
    choice.take(value, rule.choices);
    rules.push_back(rule);
  };
  const Json& value = resolved.at(key);
  if (!value.is_object()) return add({}, value);
  for (const auto& [scope, said] : value.items()) add(Scope::Parse(scope), said);
}

void AddPrecision(const Json& resolved, PolicySettings& rules) {
  Rule rule{"precision", {{}}, {}};
  const auto precision = resolved.at("precision").get<std::string>();
  if (precision == "float") {
    rule.choices.floats = true;
  } else if (precision == "int16") {
    rule.choices.activation_bits = quantize::kMostBits;
    rule.choices.weight_bits = quantize::kMostBits;
  } else {
    return;
  }
  rules.push_back(rule);
}

void AddLayerConfigs(const Json& resolved, PolicySettings& rules) {
  if (!resolved.contains("layer_configs")) return;
  size_t place = 0;
  for (const Json& entry : resolved.at("layer_configs")) {
    Rule rule{"layer_configs[" + std::to_string(place++) + "]", {}, {}};
    for (const auto& [name, value] : entry.items()) {
      if (name == kDefaultKey) rule.scopes.emplace_back();
      if (const ScopeKey* scope = FindKey(kScopeKeys, name)) AddScopes(scope->kind, value, rule.scopes);
      if (const ChoiceKey* choice = FindKey(ChoiceKeys(), name)) choice->take(value, rule.choices);
    }
    rules.push_back(rule);
  }
}

}  // namespace

std::string LayerConfigsProblem(const Json& value) {
  size_t place = 0;
  for (const Json& entry : value) {
    const std::string problem = EntryProblem(entry);
    if (!problem.empty()) return "has a mistake in entry " + std::to_string(place) + ": " + problem;
    ++place;
  }
  return "";
}

PolicySettings PolicyOf(const Json& resolved) {
  PolicySettings rules;
  AddPrecision(resolved, rules);
  AddScoped(resolved, "activation_bits", rules);
  AddScoped(resolved, "weight_bits", rules);
  AddScoped(resolved, "table_input_bits", rules);
  AddLayerConfigs(resolved, rules);
  AddNames(resolved, "float_nodes", Scope::Kind::kNode, true, rules);
  AddNames(resolved, "quantized_nodes", Scope::Kind::kNode, false, rules);
  AddNames(resolved, "float_ops", Scope::Kind::kOperator, true, rules);
  AddNames(resolved, "quantized_ops", Scope::Kind::kOperator, false, rules);
  AddNames(resolved, "float_subgraphs", Scope::Kind::kSubgraph, true, rules);
  if (resolved.value("float_all", false)) {
    Rule rule{"float_all", {{}}, {}};
    rule.choices.floats = true;
    rules.push_back(rule);
  }
  return rules;
}

}  // namespace lockstep::settings
