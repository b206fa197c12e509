// The settings that speak of nodes, operators, subgraphs and tensors, as one list of rules.
#pragma once

#include <string>

#include "quantize/policy_settings.h"
#include "settings/setting.h"

namespace lockstep::settings {

// What is wrong with a list of objects for layer_configs, to stand behind the key; empty if nothing is.
std::string LayerConfigsProblem(const Json& value);

// What Resolve gave of them: precision, activation_bits, weight_bits, table_input_bits, layer_configs, float_.. and
// quantized_...
quantize::PolicySettings PolicyOf(const Json& resolved);

}  // namespace lockstep::settings
