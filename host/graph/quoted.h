// Texts from outside inside messages.
#pragma once

#include <string>
#include <vector>

namespace lockstep::graph {

// In quotation marks, control characters as \n, \t or \x00, and cut to its first 80 characters: "aaa..." (102400
// bytes).
std::string Quoted(const std::string& text);

// "a, b, c".
std::string Listed(const std::vector<std::string>& names);

}  // namespace lockstep::graph
