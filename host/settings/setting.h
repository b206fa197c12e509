// One table of settings. The command line, the JSON configuration, the merged configuration and every message about
// them come from it: a new setting is a row here, and the place where it acts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lockstep::settings {

using Json = nlohmann::ordered_json;

enum class Kind {
  kText,
  kPath,           // relative to the configuration's folder, or to the working folder on the command line
  kChoice,         // one of `choices`
  kWhole,          // a whole number in [least, most]
  kNumber,         // in [least, most]
  kYesNo,          // JSON true or false; on the command line a flag alone where the fallback is false
  kNumbers,        // a list of numbers; a,b,c on the command line
  kNames,          // a list of texts
  kShapes,         // {"images": [1, 3, 640, 640]}; NAME:1x3x640x640 on the command line
  kNamedNumbers,   // {"rate": 16000}; NAME=NUMBER on the command line
  kNamedPaths,     // a path, or {"images": path, ..}; PATH or NAME=PATH on the command line, once for each
  kNamedChoices,   // {"images": one of `choices`}; NAME:CHOICE on the command line
  kScopedWholes,   // a whole number in [least, most], or {"op:Softmax": number, ..}; N or SCOPE=N on the command line
  kScopedChoices,  // {"Conv_3": one of `choices`}, a scope each; SCOPE=CHOICE on the command line
  kRules,          // a list of objects; one object for each on the command line
};

// The commands that a setting acts in, as bits.
enum Command : unsigned { kBuild = 1, kRun = 2, kCrosscheck = 4, kInfo = 8, kEvaluate = 16, kAnalyze = 32 };

const char* CommandName(Command command);

struct Setting {
  std::string key;  // of the configuration; the flag is --key with '-' for '_'
  Kind kind = Kind::kText;
  unsigned acts_in = 0;  // Command bits
  std::string help;
  Json fallback;  // what holds where it is not given; null: nothing does
  bool required = false;
  std::string unless_key;  // of a required one: where this is given, it may be left out
  std::vector<std::string> choices;
  std::string example;  // of kNamedChoices: a name for messages
  double least = 0.0;
  double most = 0.0;
  // What is wrong with a value of the right kind, as "must be ..", empty if nothing is; null: nothing can be.
  std::string (*check)(const Json& value) = nullptr;
  // It acts only where the setting `with_key` has this value, or with null, any but its fallback.
  std::string with_key;
  Json with_value;

  std::string Flag() const;  // "--output-dir"
};

// In the order in which help and merged configurations show them.
const std::vector<Setting>& Table();

// Settings that were there once, and what to do instead.
struct RetiredSetting {
  const char* key;
  const char* way_out;
};
const std::vector<RetiredSetting>& Retired();

// Checks what was given to a command and adds what holds for the rest, in the order of the table; settings that do not
// act are left out. Throws UsageError, beginning with `source`, for an unknown or retired key, a value of the wrong
// kind or out of range, a missing key, and a setting that has no effect (unless it says what holds without it).
Json Resolve(Command command, const Json& given, const std::string& source);

// "NAME=PATH" as a name and a path; without a name if there is no '=' or a file of the whole name.
std::pair<std::string, std::string> ParseNamedPath(const std::string& text);

// "NAME=NUMBER" as a name and a number; UsageError otherwise.
std::pair<std::string, double> ParseNamedNumber(const std::string& text, const Setting& setting);

// "NAME:CHOICE" of the setting as a name and one of its choices; UsageError otherwise.
std::pair<std::string, std::string> ParseNamedChoice(const std::string& text, const Setting& setting);

// "SCOPE=N" as a scope (quantize::Scope::Parse) and a number in range; "N" is "DEFAULT=N". UsageError otherwise.
std::pair<std::string, int64_t> ParseScopedWhole(const std::string& text, const Setting& setting);

// "SCOPE=CHOICE" as a scope and a choice; UsageError otherwise.
std::pair<std::string, std::string> ParseScopedChoice(const std::string& text, const Setting& setting);

// "NAME:1x3x640x640" as a name and a shape; UsageError otherwise.
std::pair<std::string, std::vector<int64_t>> ParseShape(const std::string& text);

}  // namespace lockstep::settings
