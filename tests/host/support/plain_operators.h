// The operators of the plain evaluator.
#pragma once

#include <functional>
#include <vector>

#include "support/plain_evaluator.h"

namespace lockstep::testing {

// Inputs are null where omitted. `shapes` are the inferred shapes of the outputs.
struct PlainCall {
  const graph::Node& node;
  std::vector<const PlainTensor*> inputs;
  std::vector<graph::Shape> shapes;
  bool integers = false;  // the first output holds integers
};
using PlainOperator = std::function<std::vector<PlainTensor>(const PlainCall&)>;

const std::map<std::string, PlainOperator>& PlainElementwise();
const std::map<std::string, PlainOperator>& PlainLayout();
const std::map<std::string, PlainOperator>& PlainWindows();

// The index of element `flat` of a row-major tensor, and back.
std::vector<int64_t> Unravel(int64_t flat, const graph::Shape& shape);
int64_t Ravel(const std::vector<int64_t>& index, const graph::Shape& shape);

}  // namespace lockstep::testing
