#include "ops/products.h"

namespace lockstep::ops {

graph::Shape MatrixProductShape(const InferContext& context, graph::Shape a, graph::Shape b) {
  context.Require(!a.empty() && !b.empty(), "an input is a scalar");
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  AsMatrices(a, b);
  context.Require(a.back() == b[b.size() - 2],
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not fit");
  const auto batch = Broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  context.Require(batch.has_value(),
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not broadcast");
  graph::Shape shape = *batch;
  if (!row) shape.push_back(a[a.size() - 2]);
  if (!column) shape.push_back(b.back());
  return shape;
}

}  // namespace lockstep::ops
