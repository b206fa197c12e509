#include "graph/shared_names.h"

#include <algorithm>
#include <map>

#include "graph/counted.h"
#include "graph/error.h"
#include "graph/quoted.h"

namespace lockstep::graph {
namespace {

std::map<std::string, size_t> CountEach(const std::vector<std::string>& names) {
  std::map<std::string, size_t> counts;
  for (const std::string& name : names) ++counts[name];
  return counts;
}

// Those that `others` has not, or not as often.
std::vector<std::string> OnlyHere(const std::vector<std::string>& names, std::map<std::string, size_t> others) {
  std::vector<std::string> only;
  for (const std::string& name : names) {
    size_t& left = others[name];
    if (left == 0) {
      only.push_back(name);
    } else {
      --left;
    }
  }
  return only;
}

}  // namespace

bool SharedNames::one_network() const {
  const size_t shorter = shared + std::min(only_first.size(), only_second.size());
  return shared != 0 && 2 * shared >= shorter;
}

SharedNames Share(const std::string& first, const std::vector<std::string>& first_names, const std::string& second,
                  const std::vector<std::string>& second_names) {
  SharedNames names{first, second, 0, OnlyHere(first_names, CountEach(second_names)),
                    OnlyHere(second_names, CountEach(first_names))};
  names.shared = first_names.size() - names.only_first.size();
  return names;
}

std::string DifferenceText(const SharedNames& names) {
  std::string text;
  const auto add = [&](const std::vector<std::string>& only, const std::string& here, const std::string& other) {
    if (only.empty()) return;
    text += (text.empty() ? "" : "; ") + std::to_string(only.size()) + " of " +
            Counted(names.shared + only.size(), "layer") + " of " + here + (only.size() == 1 ? " is" : " are") +
            " none of " + other + "'s, the first is " + Quoted(only.front());
  };
  add(names.only_first, names.first, names.second);
  add(names.only_second, names.second, names.first);
  return text;
}

void RequireOneNetwork(const SharedNames& names, const std::string& way_out) {
  if (names.one_network()) return;
  throw UsageError("the layers of " + names.first + " and " + names.second +
                   " are not those of one network: " + DifferenceText(names) + "; " + way_out);
}

}  // namespace lockstep::graph
