// Where two dumps of the model differ.
#pragma once

#include <filesystem>

#include "page/page_data.h"

namespace lockstep::page {

// A map for every layer that both folders have and whose bytes differ; the first folder is right. Warns of
// layers that one of them alone has, and of those without bytes to make a map of. Throws BadInput for folders that are
// no dumps or have lost files, or whose layers are not the page's.
void AddDumps(const std::filesystem::path& expected, const std::filesystem::path& actual, PageData& page);

}  // namespace lockstep::page
