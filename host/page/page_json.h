// A page's data as JSON.
#pragma once

#include <string>

#include "page/page_data.h"

namespace lockstep::page {

// Six significant digits: what a page shows.
Json ShortJson(double value);

Json ToJson(const PageData& page);

}  // namespace lockstep::page
