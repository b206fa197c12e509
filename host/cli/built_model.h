// The joint model of a configuration, for commands that do not build one themselves.
#pragma once

#include <filesystem>
#include <string>

#include "compiler/build_config.h"

namespace lockstep::cli {

// OUTPUT_DIR/NAME.joint for a page that was asked for; empty if `page` is. Throws UsageError if it was not built.
std::filesystem::path BuiltModel(const compiler::BuildConfig& config, const std::string& page);

}  // namespace lockstep::cli
