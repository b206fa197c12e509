#include "settings/command_line.h"

#include <string>
#include <vector>

#include "graph/error.h"
#include "graph/quoted.h"
#include "report/json_text.h"
#include "report/table.h"

namespace lockstep::settings {
namespace {

template <typename Value>
CLI::Option* Add(CLI::App& app, const Setting& setting, Json& given) {
  return app.add_option_function<Value>(
      setting.Flag(), [&given, key = setting.key](const Value& value) { given[key] = value; },
      setting.help + DefaultText(setting));
}

void AddShapes(CLI::App& app, const Setting& setting, Json& given) {
  app.add_option_function<std::vector<std::string>>(
      setting.Flag(),
      [&given, key = setting.key](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          const auto [name, shape] = ParseShape(text);
          given[key][name] = shape;
        }
      },
      setting.help);
}

void AddNamedPaths(CLI::App& app, const Setting& setting, Json& given) {
  app.add_option_function<std::vector<std::string>>(
      setting.Flag(),
      [&given, key = setting.key](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          const auto [name, path] = ParseNamedPath(text);
          Json& value = given[key];
          if (!value.is_null() && (name.empty() || value.is_string())) {
            throw UsageError("--" + key +
                             " is given twice; put several pictures or files into a folder or into a list (.txt, a "
                             "path in each line), or name an input for each, as NAME=" +
                             path);
          }
          if (name.empty()) {
            value = path;
          } else if (value.contains(name)) {
            throw UsageError("--" + key + " gives the input " + name + " twice; leave one out");
          } else {
            value[name] = path;
          }
        }
      },
      setting.help);
}

void AddNamedChoices(CLI::App& app, const Setting& setting, Json& given) {
  app.add_option_function<std::vector<std::string>>(
      setting.Flag(),
      [&given, setting](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          const auto [name, choice] = ParseNamedChoice(text, setting);
          given[setting.key][name] = choice;
        }
      },
      setting.help);
}

template <typename Parse>
void AddScoped(CLI::App& app, const Setting& setting, Json& given, Parse parse) {
  app.add_option_function<std::vector<std::string>>(
      setting.Flag(),
      [&given, setting, parse](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          const auto [scope, said] = parse(text, setting);
          Json& value = given[setting.key];
          if (value.contains(scope)) {
            throw UsageError(setting.Flag() + " is given twice for " + graph::Quoted(scope) + "; leave one out");
          }
          value[scope] = said;
        }
      },
      setting.help);
}

void AddRules(CLI::App& app, const Setting& setting, Json& given) {
  app.add_option_function<std::vector<std::string>>(
      setting.Flag(),
      [&given, setting](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          given[setting.key].push_back(report::ParseJson({text.begin(), text.end()}, setting.Flag()));
        }
      },
      setting.help);
}

void AddOption(CLI::App& app, const Setting& setting, Json& given) {
  switch (setting.kind) {
    case Kind::kText:
    case Kind::kPath:
    case Kind::kChoice:
      Add<std::string>(app, setting, given);
      return;
    case Kind::kWhole:
      // A number that only fits without a sign must not become negative.
      if (setting.most > static_cast<double>(INT64_MAX)) {
        Add<uint64_t>(app, setting, given);
      } else {
        Add<int64_t>(app, setting, given);
      }
      return;
    case Kind::kNumber:
      Add<double>(app, setting, given);
      return;
    case Kind::kYesNo:
      if (setting.fallback == true) {
        Add<bool>(app, setting, given);
      } else {
        app.add_flag_function(
            setting.Flag(), [&given, key = setting.key](int64_t) { given[key] = true; }, setting.help);
      }
      return;
    case Kind::kNumbers:
      Add<std::vector<double>>(app, setting, given)->delimiter(',');
      return;
    case Kind::kNames:
      Add<std::vector<std::string>>(app, setting, given);
      return;
    case Kind::kShapes:
      AddShapes(app, setting, given);
      return;
    case Kind::kNamedNumbers:
      AddScoped(app, setting, given, ParseNamedNumber);
      return;
    case Kind::kNamedPaths:
      AddNamedPaths(app, setting, given);
      return;
    case Kind::kNamedChoices:
      AddNamedChoices(app, setting, given);
      return;
    case Kind::kScopedWholes:
      AddScoped(app, setting, given, ParseScopedWhole);
      return;
    case Kind::kScopedChoices:
      AddScoped(app, setting, given, ParseScopedChoice);
      return;
    case Kind::kRules:
      AddRules(app, setting, given);
      return;
  }
}

}  // namespace

std::string DefaultText(const Setting& setting) {
  if (setting.fallback.is_null() || setting.fallback == false) return "";
  std::string text;
  for (const Json& value : setting.fallback.is_array() ? setting.fallback : Json{setting.fallback}) {
    text += text.empty() ? "" : ",";
    if (value.is_number_float()) {
      text += report::ShortNumber(value.get<double>(), 8);
    } else {
      text += value.is_string() ? value.get<std::string>() : report::JsonText(value);
    }
  }
  return " (default " + text + ")";
}

void DeclareOptions(CLI::App& app, Command command, Json& given) {
  for (const Setting& setting : Table()) {
    if ((setting.acts_in & command) == 0) continue;
    AddOption(app, setting, given);
    // A build may have it from its configuration.
    if (setting.required && command != kBuild) app.get_option(setting.Flag())->required();
  }
  if (command != kBuild) return;
  for (const RetiredSetting& retired : Retired()) {
    Setting row;
    row.key = retired.key;
    Add<std::string>(app, row, given)->group("");  // no help shows it; Resolve says what to do instead
  }
}

}  // namespace lockstep::settings
