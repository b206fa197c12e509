#include "settings/setting.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <utility>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::settings {
namespace {

constexpr std::array<std::pair<Command, const char*>, 6> kCommandNames = {{{kBuild, "build"},
                                                                           {kRun, "run"},
                                                                           {kCrosscheck, "crosscheck"},
                                                                           {kInfo, "info"},
                                                                           {kEvaluate, "evaluate"},
                                                                           {kAnalyze, "analyze"}}};

const Setting* Find(const std::string& key) {
  const auto& table = Table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Setting& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

// What a value must be, as in "must be a whole number in 0..255".
std::string Wanted(const Setting& setting) {
  const auto bounds = [&] {
    if (setting.most >= std::numeric_limits<int32_t>::max())
      return " of at least " + report::ShortNumber(setting.least);
    return " in " + report::ShortNumber(setting.least) + ".." + report::ShortNumber(setting.most);
  };
  switch (setting.kind) {
    case Kind::kText:
      return "a text";
    case Kind::kPath:
      return "the path of a file or folder";
    case Kind::kChoice:
      return "one of " + graph::Listed(setting.choices);
    case Kind::kWhole:
      return "a whole number" + bounds();
    case Kind::kNumber:
      return "a number" + bounds();
    case Kind::kYesNo:
      return "true or false";
    case Kind::kNumbers:
      return "a list of numbers, one per channel or one for all";
    case Kind::kNames:
      return "a list of names";
    case Kind::kShapes:
      return "an object such as {\"images\": [1, 3, 640, 640]} of extents of at least 1";
    case Kind::kNamedNumbers:
      return "an object such as {\"rate\": 16000} of numbers";
    case Kind::kNamedPaths:
      return "a path, or an object with a path for each input";
    case Kind::kNamedChoices:
      return "an object such as {\"" + setting.example + "\": \"" + setting.choices.front() + "\"} of " +
             graph::Listed(setting.choices);
    case Kind::kScopedWholes:
      return "a whole number" + bounds() + ", or an object such as {\"DEFAULT\": 8, \"op:Softmax\": 16} of these";
    case Kind::kScopedChoices:
      return "an object such as {\"Conv_3\": \"" + setting.choices.front() + "\"} of " + graph::Listed(setting.choices);
    case Kind::kRules:
      return "a list of objects such as [{\"nodes\": [\"/head/*\"], \"activation_bits\": 16}]";
  }
  return "";
}

template <typename Holds>
bool All(const Json& json, Holds holds) {
  return std::all_of(json.begin(), json.end(), holds);
}

bool IsWhole(const Json& json) { return json.is_number_integer(); }

bool IsShape(const Json& json) {
  return json.is_array() && All(json, [](const Json& extent) {
           return IsWhole(extent) && extent.get<double>() >= 1 &&
                  extent.get<double>() <= std::numeric_limits<int32_t>::max();
         });
}

// nlohmann converts between numbers and booleans silently; a configuration must say what it means.
bool Fits(const Setting& setting, const Json& value) {
  const auto is_text = [](const Json& json) { return json.is_string(); };
  const auto is_bounded = [&](const Json& json) {
    return IsWhole(json) && json.get<double>() >= setting.least && json.get<double>() <= setting.most;
  };
  switch (setting.kind) {
    case Kind::kText:
    case Kind::kPath:
      return value.is_string();
    case Kind::kChoice:
      return value.is_string() &&
             std::count(setting.choices.begin(), setting.choices.end(), value.get<std::string>()) == 1;
    case Kind::kWhole:
      return is_bounded(value);
    case Kind::kNumber:
      return value.is_number() && value.get<double>() >= setting.least && value.get<double>() <= setting.most;
    case Kind::kYesNo:
      return value.is_boolean();
    case Kind::kNumbers:
      return value.is_array() && All(value, [](const Json& json) { return json.is_number(); });
    case Kind::kNames:
      return value.is_array() && All(value, is_text);
    case Kind::kShapes:
      return value.is_object() && All(value, IsShape);
    case Kind::kNamedNumbers:
      return value.is_object() && All(value, [](const Json& json) { return json.is_number(); });
    case Kind::kNamedPaths:
      return value.is_string() || (value.is_object() && !value.empty() && All(value, is_text));
    case Kind::kScopedChoices:
      if (value.empty()) return false;
      [[fallthrough]];
    case Kind::kNamedChoices:
      return value.is_object() && All(value, [&](const Json& json) {
               return json.is_string() &&
                      std::count(setting.choices.begin(), setting.choices.end(), json.get<std::string>()) == 1;
             });
    case Kind::kScopedWholes:
      return is_bounded(value) || (value.is_object() && !value.empty() && All(value, is_bounded));
    case Kind::kRules:
      return value.is_array() && All(value, [](const Json& json) { return json.is_object(); });
  }
  return false;
}

// What an entry of an object must be.
Setting EntryOf(const Setting& setting) {
  Setting entry = setting;
  entry.kind = setting.kind == Kind::kNamedChoices ? Kind::kChoice : Kind::kWhole;
  entry.check = nullptr;
  return entry;
}

// What is wrong with a value; empty if nothing is.
std::string Problem(const Setting& setting, const Json& value) {
  if (!Fits(setting, value)) {
    const bool of_entries = setting.kind == Kind::kNamedChoices || setting.kind == Kind::kScopedWholes;
    if (of_entries && value.is_object()) {
      for (const auto& [name, entry] : value.items()) {
        const std::string problem = Problem(EntryOf(setting), entry);
        if (!problem.empty()) return "of " + graph::Quoted(name) + " " + problem;
      }
    }
    const std::string shown =
        value.is_string() ? graph::Quoted(value.get<std::string>()) : graph::Quoted(report::JsonText(value));
    const std::string nearest =
        value.is_string() ? graph::NearestName(value.get<std::string>(), setting.choices) : std::string();
    return "must be " + Wanted(setting) + ", not " + shown + (nearest.empty() ? "" : "; did you mean " + nearest + "?");
  }
  return setting.check == nullptr ? "" : setting.check(value);
}

class Resolver {
 public:
  Resolver(Command command, const Json& given, const std::string& source)
      : command_(command), given_(given), source_(source) {
    if (!given.is_object()) throw UsageError(source_ + ": a configuration is a JSON object");
  }

  Json Resolve() const {
    for (const auto& [key, value] : given_.items()) CheckGiven(key, value);
    Json merged = Json::object();
    for (const Setting& setting : Table()) {
      if ((setting.acts_in & command_) == 0) continue;
      const bool is_given = given_.contains(setting.key);
      const bool replaced = !setting.unless_key.empty() && given_.contains(setting.unless_key);
      if (setting.required && !replaced && (!is_given || given_.at(setting.key) == Json(""))) {
        Fail(setting.key, command_ == kBuild ? "is missing; give it in the configuration or as " + setting.Flag()
                                             : "is missing; give it");
      }
      const Json& value = is_given ? given_.at(setting.key) : setting.fallback;
      if (!value.is_null()) merged[setting.key] = value;
    }
    return WithoutIdle(std::move(merged));
  }

 private:
  [[noreturn]] void Fail(const std::string& key, const std::string& what) const {
    // Where there is no configuration, the user knows the flag alone.
    const Setting* setting = command_ == kBuild ? nullptr : Find(key);
    throw UsageError(source_ + ": " + (setting == nullptr ? key : setting->Flag()) + " " + what);
  }

  void CheckGiven(const std::string& key, const Json& value) const {
    for (const RetiredSetting& retired : Retired()) {
      if (key == retired.key) Fail(key, std::string("is no setting any more; ") + retired.way_out);
    }
    const Setting* setting = Find(key);
    if (setting == nullptr) {
      std::vector<std::string> known;
      for (const Setting& row : Table()) {
        if ((row.acts_in & command_) != 0) known.push_back(row.key);
      }
      throw UsageError(source_ + ": unknown key " + graph::Quoted(key) + graph::DidYouMean(key, known) +
                       " (`lockstep " + CommandName(command_) + " --help` lists them)");
    }
    if ((setting->acts_in & command_) == 0) {
      Fail(key, std::string("has no effect in `lockstep ") + CommandName(command_) + "`; remove it");
    }
    const std::string problem = Problem(*setting, value);
    if (!problem.empty()) Fail(key, problem);
  }

  // Settings that do not act with these values of the others.
  Json WithoutIdle(Json merged) const {
    for (const Setting& setting : Table()) {
      if (setting.with_key.empty() || !merged.contains(setting.key)) continue;
      const Setting& other = *Find(setting.with_key);
      const Json& value = merged.contains(setting.with_key) ? merged.at(setting.with_key) : other.fallback;
      const bool acts = setting.with_value.is_null() ? value != other.fallback : value == setting.with_value;
      if (acts) continue;
      if (merged.at(setting.key) != setting.fallback) {
        Fail(setting.key,
             "has no effect unless " + setting.with_key +
                 (setting.with_value.is_null() ? " is given; give it"
                                               : " is " + report::JsonText(setting.with_value) + "; set that") +
                 " or remove " + setting.key);
      }
      merged.erase(setting.key);
    }
    return merged;
  }

  Command command_;
  const Json& given_;
  const std::string& source_;
};

}  // namespace

const char* CommandName(Command command) {
  for (const auto& [known, name] : kCommandNames) {
    if (known == command) return name;
  }
  return "";
}

std::string Setting::Flag() const {
  std::string flag = "--" + key;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

Json Resolve(Command command, const Json& given, const std::string& source) {
  return Resolver(command, given, source).Resolve();
}

std::pair<std::string, std::string> ParseNamedPath(const std::string& text) {
  const size_t equals = text.find('=');
  std::error_code ignored;
  if (equals == std::string::npos || equals == 0 || std::filesystem::exists(text, ignored)) return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::pair<std::string, double> ParseNamedNumber(const std::string& text, const Setting& setting) {
  const size_t equals = text.rfind('=');
  const std::string number = equals == std::string::npos ? "" : text.substr(equals + 1);
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (equals == 0 || number.empty() || *end != '\0' || !std::isfinite(value)) {
    throw UsageError(setting.Flag() + " " + graph::Quoted(text) + " is not NAME=NUMBER, such as rate=16000");
  }
  return {text.substr(0, equals), value};
}

std::pair<std::string, std::string> ParseNamedChoice(const std::string& text, const Setting& setting) {
  const size_t colon = text.rfind(':');
  const bool named = colon != std::string::npos && colon != 0;
  const std::string choice = named ? text.substr(colon + 1) : text;
  if (named && std::count(setting.choices.begin(), setting.choices.end(), choice) != 0) {
    return {text.substr(0, colon), choice};
  }
  const std::string nearest = graph::NearestName(choice, setting.choices);
  const std::string name = named ? text.substr(0, colon) : "NAME";
  throw UsageError(setting.Flag() + " " + graph::Quoted(text) + " is not NAME:CHOICE, such as " + setting.example +
                   ":" + setting.choices.back() + ", of " + graph::Listed(setting.choices) +
                   (nearest.empty() ? "" : "; did you mean " + name + ":" + nearest + "?"));
}

std::pair<std::string, int64_t> ParseScopedWhole(const std::string& text, const Setting& setting) {
  const size_t equals = text.rfind('=');
  const std::string number = equals == std::string::npos ? text : text.substr(equals + 1);
  constexpr size_t kMostDigits = 9;
  const bool whole = !number.empty() && number.size() <= kMostDigits &&
                     std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!whole || equals == 0) {
    throw UsageError(setting.Flag() + " " + graph::Quoted(text) + " is neither a whole number nor SCOPE=NUMBER");
  }
  const int64_t value = std::stoll(number);
  if (!Fits(EntryOf(setting), value)) {
    throw UsageError(setting.Flag() + " " + graph::Quoted(text) + ": the number must be " + Wanted(EntryOf(setting)));
  }
  return {equals == std::string::npos ? "DEFAULT" : text.substr(0, equals), value};
}

std::pair<std::string, std::string> ParseScopedChoice(const std::string& text, const Setting& setting) {
  const size_t equals = text.rfind('=');
  const std::string choice = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (equals == 0 || std::count(setting.choices.begin(), setting.choices.end(), choice) == 0) {
    throw UsageError(setting.Flag() + " " + graph::Quoted(text) + " is not SCOPE=" + graph::Listed(setting.choices) +
                     graph::DidYouMean(choice, setting.choices));
  }
  return {text.substr(0, equals), choice};
}

std::pair<std::string, std::vector<int64_t>> ParseShape(const std::string& text) {
  const auto fail = [&]() -> std::pair<std::string, std::vector<int64_t>> {
    throw UsageError("--input-shape " + graph::Quoted(text) + " is not NAME:1x3x640x640");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return fail();
  std::vector<int64_t> shape;
  std::string number;
  for (const char c : text.substr(colon + 1) + "x") {
    constexpr size_t kMostDigits = 9;
    if (c >= '0' && c <= '9' && number.size() < kMostDigits) {
      number += c;
    } else if (c == 'x' && !number.empty()) {
      shape.push_back(std::stoll(number));
      number.clear();
    } else {
      return fail();
    }
  }
  return {text.substr(0, colon), shape};
}

}  // namespace lockstep::settings
