// Bytes as text, for files that hold nothing else.
#pragma once

#include <cstddef>
#include <string>

namespace lockstep::files {

std::string Base64(const void* data, size_t size);

}  // namespace lockstep::files
