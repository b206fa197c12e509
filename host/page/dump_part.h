// Where two dumps of the model differ.
#pragma once

#include <filesystem>

#include "page/page_data.h"

namespace lockstep::page {

// A map for every layer that both folders have and whose bytes differ; the first folder is right. Throws BadInput for
// folders that are no dumps, or whose layers are not the page's.
void AddDumps(const std::filesystem::path& expected, const std::filesystem::path& actual, PageData& page);

}  // namespace lockstep::page
