// The walks of matrix products and convolutions over floats or integers: which two elements make each term of a sum.
#pragma once

#include "graph/graph.h"
#include "ops/broadcast.h"
#include "ops/window.h"

namespace lockstep::ops {

// A vector is a row on the left and a column on the right.
inline void AsMatrices(graph::Shape& a, graph::Shape& b) {
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
}

// The shape of a * b. Throws BadInput naming the node where they do not fit.
graph::Shape MatrixProductShape(const InferContext& context, graph::Shape a, graph::Shape b);

// Calls done(element of y, sum of term(element of a, element of b)) for every element of y = a * b, in order; the axes
// in front are broadcast. The shapes fit.
template <typename Sum, typename Term, typename Done>
void ForMatrixProducts(graph::Shape a, graph::Shape b, const Term& term, const Done& done) {
  AsMatrices(a, b);
  const int64_t depth = a.back();
  const int64_t rows = a[a.size() - 2];
  const int64_t columns = b.back();
  const graph::Shape batch_a(a.begin(), a.end() - 2);
  const graph::Shape batch_b(b.begin(), b.end() - 2);
  const graph::Shape batch = *Broadcast(batch_a, batch_b);
  const BroadcastIndex from_a(batch_a, batch);
  const BroadcastIndex from_b(batch_b, batch);
  const int64_t count = graph::ElementCount(batch) * rows * columns;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t matrix = i / (rows * columns);
    const int64_t left = (static_cast<int64_t>(from_a.At(matrix)) * rows + i / columns % rows) * depth;
    const int64_t right = static_cast<int64_t>(from_b.At(matrix)) * depth * columns + i % columns;
    Sum sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      sum += term(static_cast<size_t>(left + k), static_cast<size_t>(right + k * columns));
    }
    done(static_cast<size_t>(i), sum);
  }
}

// Calls done(element of y, its output channel, sum of term(element of x, element of w)) for every element of a
// convolution's output y, in order. Padding makes no terms. `node` has the attributes of a Conv.
template <typename Sum, typename Term, typename Done>
void ForConvolution(const graph::Node& node, const graph::Shape& x, const graph::Shape& w, const graph::Shape& y,
                    const Term& term, const Done& done) {
  const graph::Shape image = Spatial(x);
  const Window window = ResolveWindow(node, image, Spatial(w));
  const int64_t per_group = w[0] / node.Int("group", 1);
  const int64_t plane_size = graph::ElementCount(image);
  const int64_t taps = graph::ElementCount(window.kernel);
  size_t next = 0;
  ForPositions(y, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    const int64_t out = plane % w[0];
    const int64_t first = plane / w[0] * x[1] + out / per_group * w[1];
    Sum sum = 0;
    ForTaps(window, image, at, [&](int64_t offset, int64_t tap) {
      for (int64_t c = 0; c < w[1]; ++c) {
        sum += term(static_cast<size_t>((first + c) * plane_size + offset),
                    static_cast<size_t>((out * w[1] + c) * taps + tap));
      }
    });
    done(next++, static_cast<size_t>(out), sum);
  });
}

}  // namespace lockstep::ops
