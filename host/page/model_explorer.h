// A page's layers and figures as files that Google's Model Explorer opens.
#pragma once

#include <map>
#include <string>

#include "page/page_data.h"

namespace lockstep::page {

// By file name: TITLE.json, the graph, and TITLE.MEASURE.json, the figures of its nodes, for each measure that has any.
std::map<std::string, std::string> ModelExplorerFiles(const PageData& page);

}  // namespace lockstep::page
