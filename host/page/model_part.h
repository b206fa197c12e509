// What a joint model says of itself.
#pragma once

#include "page/page_data.h"

namespace lockstep::page {

// `info` is what `info --json` gives of a joint model: its layers, edges, arena and sizes.
PageData FromModel(const Json& info);

}  // namespace lockstep::page
