// Heads whose maps leave the network as they are, before cells and anchors make boxes of them.
#pragma once

#include <optional>

#include "evaluate/detect/head.h"

namespace lockstep::evaluate {

// Nothing if the maps are no known head's. Throws UsageError if several fit.
std::optional<Head> FindRaw(const NetworkInterface& network, const HeadSettings& settings);

}  // namespace lockstep::evaluate
