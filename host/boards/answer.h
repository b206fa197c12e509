// What a device answers, which is not trusted.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lockstep::boards {

constexpr uint64_t kKiB = 1024;  // the unit of df and of /proc/meminfo

// Digits alone, of a number below 2^63.
bool IsNumber(const std::string& text);

// One word of letters, digits, '_', '-' and '.', and no way out of its folder.
bool IsPlainName(const std::string& name);

// "key=value" lines.
std::map<std::string, std::string> Fields(const std::string& text);

// 0 if it is not there or no number.
uint64_t NumberOf(const std::map<std::string, std::string>& fields, const std::string& key);

}  // namespace lockstep::boards
