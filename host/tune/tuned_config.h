// What `tune` found as a configuration of `build`.
#pragma once

#include <vector>

#include "quantize/policy_settings.h"
#include "settings/setting.h"

namespace lockstep::tune {

// The settings of `given` that differ from what holds without them, precision "tuned", and an entry of layer_configs
// for all that `rules` say the same of.
settings::Json TunedConfig(const settings::Json& given, const std::vector<quantize::Rule>& rules);

}  // namespace lockstep::tune
