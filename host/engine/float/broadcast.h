// Elementwise arithmetic on two arrays with NumPy's broadcasting.
#pragma once

#include <optional>
#include <string>

#include "graph/graph.h"

namespace lockstep::engine {

enum class BinaryKind { kAdd, kSub, kMul, kDiv, kMin, kMax };

std::optional<BinaryKind> BinaryOf(const std::string& op);

// Row-major arrays; `a` and `b` have the rank of `output` and extents of 1 where they are repeated. Axes that can be
// walked as one are merged at construction.
class BroadcastLoop {
 public:
  BroadcastLoop(BinaryKind kind, const graph::Shape& a, const graph::Shape& b, const graph::Shape& output);
  void operator()(const float* a, const float* b, float* output) const;

 private:
  struct Axis {
    int64_t extent, a_stride, b_stride;
  };
  template <typename Function>
  void Walk(const float* a, const float* b, float* output, Function function) const;

  BinaryKind kind_;
  std::vector<Axis> axes_;  // outermost first, the last is the inner loop
  int64_t rows_ = 1;        // iterations around the inner loop
};

}  // namespace lockstep::engine
