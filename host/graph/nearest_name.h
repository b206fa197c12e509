// "Did you mean ...?" for names that a user typed.
#pragma once

#include <string>
#include <vector>

namespace lockstep::graph {

// The known name that `wanted` was probably meant to be: the same but for upper and lower case, begun and not ended, or
// a few letters away (one for every three, swapped neighbours count as one). The first of several that are equally
// near; empty where nothing is near. Flags ("--inpt") are names as others.
std::string NearestName(const std::string& wanted, const std::vector<std::string>& known);

// "; did you mean NAME?"; where nothing is near, "; it must be one of A, B" for a few known names, nothing for many.
std::string DidYouMean(const std::string& wanted, const std::vector<std::string>& known);

// DidYouMean where there may be many names: where none is near, "; the nearest of 97 are A, B, C": those that contain
// it, or else take the fewest changes.
std::string DidYouMeanOf(const std::string& wanted, const std::vector<std::string>& known);

}  // namespace lockstep::graph
