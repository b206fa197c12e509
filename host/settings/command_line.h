// The settings of a command as options of CLI11.
#pragma once

#include <CLI/CLI.hpp>

#include "settings/setting.h"

namespace lockstep::settings {

// Declares an option for every setting that acts in `command`. What is given lands in `given`, which must live as long
// as `app`, under its key; it is checked by Resolve. Retired settings are refused.
void DeclareOptions(CLI::App& app, Command command, Json& given);

// " (default RGB)", or nothing for a setting without one.
std::string DefaultText(const Setting& setting);

}  // namespace lockstep::settings
