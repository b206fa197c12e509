// The md5 of bytes, as dumps, models and transfers state it.
#pragma once

#include <cstddef>
#include <string>

namespace lockstep::files {

std::string Md5Hex(const void* data, size_t size);  // 32 hexadecimal digits

}  // namespace lockstep::files
