// Two builds of one network side by side.
#pragma once

#include <string>

#include "page/page_data.h"

namespace lockstep::page {

// Adds to `page` what `second` has: a row for each size and mean, and its measures in columns of their own, for the
// layers that write the same tensors. `name` is what the second is called. Warns where some layers are of one alone;
// throws UsageError where the two are not of one network.
void Compare(const PageData& second, const std::string& name, PageData& page);

}  // namespace lockstep::page
