#include "run/same_inputs.h"

#include <algorithm>
#include <string>

#include "dump/values.h"
#include "graph/error.h"

namespace lockstep::run {
namespace {

using Inputs = std::vector<input::InputInfo>;

graph::Shape ShapeOf(const input::InputInfo& input) { return dump::OnnxShape(input.layout); }

bool HasName(const Inputs& inputs, const std::string& name) {
  return std::any_of(inputs.begin(), inputs.end(), [&](const input::InputInfo& input) { return input.name == name; });
}

bool Match(const Inputs& first, const Inputs& second) {
  const auto fits = [&](const input::InputInfo& a, const input::InputInfo& b) {
    const bool elsewhere = a.name != b.name && (HasName(second, a.name) || HasName(first, b.name));
    return ShapeOf(a) == ShapeOf(b) && !elsewhere;
  };
  return first.size() == second.size() && std::equal(first.begin(), first.end(), second.begin(), fits);
}

bool SameNames(const Inputs& first, const Inputs& second) {
  return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                    [](const input::InputInfo& a, const input::InputInfo& b) { return a.name == b.name; });
}

std::string ListText(const Inputs& inputs, bool shapes) {
  std::string text;
  for (const input::InputInfo& input : inputs) {
    text += (text.empty() ? "" : ", ") + input.name;
    if (shapes) text += " " + graph::ToString(ShapeOf(input));
  }
  return text;
}

}  // namespace

void RequireSameInputs(const Inputs& first, const Inputs& second) {
  if (Match(first, second)) return;
  const bool shapes = SameNames(first, second);
  throw UsageError("the two models have different inputs: " + ListText(first, shapes) + " / " +
                   ListText(second, shapes) + "; compare models of one network, or run each alone");
}

}  // namespace lockstep::run
