#include "compare/limits.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "files/output_file.h"
#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"

namespace lockstep::compare {
namespace {

double ParseNumber(const std::string& text, const std::string& where) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError(where + " is " + graph::Quoted(text) + ", not a number");
  }
  return value;
}

}  // namespace

Limits LimitChange::AppliedTo(Limits limits) const {
  if (atol) limits.tolerance.atol = *atol;
  if (rtol) limits.tolerance.rtol = *rtol;
  if (min_cosine) limits.min_cosine = *min_cosine;
  return limits;
}

void SetLimit(LimitChange& change, const std::string& key, double value, const std::string& where) {
  const std::vector<std::string> keys = {"atol", "rtol", "min_cosine"};
  std::optional<double>* const places[] = {&change.atol, &change.rtol, &change.min_cosine};
  for (size_t i = 0; i < keys.size(); ++i) {
    if (key != keys[i]) continue;
    const bool fits = std::isfinite(value) && value >= 0.0 && (key != "min_cosine" || value <= 1.0);
    if (!fits) throw UsageError(where + ": " + key + " must be a number of at least 0, and a cosine of at most 1");
    *places[i] = value;
    return;
  }
  throw UsageError(where + ": the key " + graph::Quoted(key) + " is unknown" + graph::DidYouMean(key, keys));
}

std::pair<std::string, LimitChange> ParseLimitChange(const std::string& text) {
  // A tensor's name may have colons of its own, what follows has none.
  const std::string where = "--layer " + graph::Quoted(text);
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    throw UsageError(where + " must be NAME:atol=NUMBER, with rtol= and min_cosine= behind commas if wanted");
  }
  LimitChange change;
  for (size_t begin = colon + 1; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t sign = part.find('=');
    if (sign == std::string::npos) throw UsageError(where + ": " + graph::Quoted(part) + " lacks a value: atol=NUMBER");
    SetLimit(change, part.substr(0, sign), ParseNumber(part.substr(sign + 1), where + ": " + part.substr(0, sign)),
             where);
    begin = end + 1;
  }
  return {text.substr(0, colon), change};
}

std::map<std::string, LimitChange> ReadLimitFile(const std::filesystem::path& file) {
  const nlohmann::ordered_json json = report::ParseJson(files::ReadFile(file), file.string());
  if (!json.is_object()) throw UsageError(file.string() + ": must be an object: {\"NAME\": {\"atol\": 0.1}}");
  std::map<std::string, LimitChange> changes;
  for (const auto& [name, entry] : json.items()) {
    const std::string where = file.string() + ": " + graph::Quoted(name);
    if (!entry.is_object()) throw UsageError(where + " must be an object: {\"atol\": 0.1}");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_number()) throw UsageError(where + ": " + graph::Quoted(key) + " must be a number");
      SetLimit(changes[name], key, value.get<double>(), where);
    }
  }
  return changes;
}

Limits LimitTable::Of(const std::vector<std::string>& names) {
  if (!names.empty()) known_.push_back(names.front());
  for (const std::string& name : names) {
    const auto change = changes_.find(name);
    if (change == changes_.end()) continue;
    used_[name] = true;
    return change->second.AppliedTo(all_);
  }
  return all_;
}

void LimitTable::RequireAllUsed() const {
  for (const auto& [name, change] : changes_) {
    if (used_.count(name) != 0) continue;
    throw UsageError("limits are given for " + graph::Quoted(name) + ", but no tensor that is compared has that name" +
                     graph::DidYouMeanOf(name, known_));
  }
}

}  // namespace lockstep::compare
