// The arena as a picture: what lies where, from which layer to which.
#pragma once

#include "page/page_data.h"

namespace lockstep::page {

// `info` is what `info --json` gives of a joint model. Memory that several tensors share counts once.
Memory MemoryOf(const Json& info);

}  // namespace lockstep::page
