// A crosscheck as text and JSON.
#pragma once

#include <string>

#include "crosscheck/result.h"

namespace lockstep::crosscheck {

// One table for all boards, then a line per board and the verdict in words.
std::string ToText(const CrosscheckResult& result, bool colour);
std::string ToJson(const CrosscheckResult& result);

// "exact: all 152 layers have the same md5 on ...", or what differs first, where and how.
std::string VerdictText(const CrosscheckResult& result);

}  // namespace lockstep::crosscheck
