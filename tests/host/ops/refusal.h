// Mistakes in a node, by operator in the files beside this one: each must have its message.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "ops/op_table.h"
#include "support/small_graph.h"

namespace lockstep::ops {

using graph::TensorId;
using testing::SmallGraph;

using Ints = std::vector<int64_t>;
using Attributes = std::map<std::string, graph::Attribute>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Mistake {
  const char* name;
  const char* expected;  // in the message
  std::function<TensorId(SmallGraph&)> build;
};

inline std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.name; }
inline std::string NameOf(const ::testing::TestParamInfo<Mistake>& info) { return info.param.name; }

// What `infer` says of a model that contradicts itself.
class Contradiction : public ::testing::TestWithParam<Mistake> {};
// What `unsupported` says of one that cannot be compiled.
class Unsupported : public ::testing::TestWithParam<Mistake> {};

// Of the tables kOP and kUnsupportedOP.
#define LOCKSTEP_REFUSALS(op) INSTANTIATE_TEST_SUITE_P(op, Contradiction, ::testing::ValuesIn(k##op), NameOf)
#define LOCKSTEP_UNSUPPORTED(op) \
  INSTANTIATE_TEST_SUITE_P(op, Unsupported, ::testing::ValuesIn(kUnsupported##op), NameOf)

}  // namespace lockstep::ops
