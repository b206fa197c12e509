// Whether two lists of layers are those of one network.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lockstep::graph {

// A name that a list has several times counts as often as both have it.
struct SharedNames {
  std::string first, second;  // what the lists are called
  size_t shared = 0;
  std::vector<std::string> only_first, only_second;  // in their order

  bool all() const { return only_first.empty() && only_second.empty(); }
  // Two builds differ in some layers: where half of the shorter list is in the other, they may be of one network.
  bool one_network() const;
};

SharedNames Share(const std::string& first, const std::vector<std::string>& first_names, const std::string& second,
                  const std::vector<std::string>& second_names);

// "2 of 5 layers of A are none of B's, the first is \"x\"; ..": there must be some.
std::string DifferenceText(const SharedNames& names);

// Throws UsageError that says so, names the first layer that differs and ends with `way_out`.
void RequireOneNetwork(const SharedNames& names, const std::string& way_out);

}  // namespace lockstep::graph
