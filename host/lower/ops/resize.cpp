#include "graph/resize.h"

#include "graph/error.h"
#include "lower/ops/emitters.h"
#include "lower/ops/interpolate.h"
#include "lower/ops/window.h"

namespace lockstep::lower {

void EmitResize(LowerContext& context) {
  if (!graph::IsNearest(context.node())) {
    return context.IsFloatNode() ? EmitFloatInterpolate(context) : EmitInterpolate(context);
  }
  Value x = context.FormattedInput(0);
  const graph::Shape& out = context.OutputShape();
  if (x.shape.size() != 4 || out[0] != x.shape[0] || out[1] != x.shape[1]) {
    throw UnsupportedModel("only the height and width of an image (rank 4) can be resized");
  }
  // On the smaller side of an enlargement.
  x = context.Convert(x, context.OutputFormat());
  const std::vector<std::vector<int64_t>> sources = graph::NearestSources(context.graph(), context.node());
  std::vector<int32_t> indices[2];
  for (size_t axis = 0; axis < 2; ++axis) indices[axis].assign(sources[axis + 2].begin(), sources[axis + 2].end());
  if (IsSwapped(x.axes)) std::swap(indices[0], indices[1]);
  joint::ResizeT resize;
  resize.rows = indices[0];
  resize.columns = indices[1];
  const Value result = context.AddOutput(x.format);
  context.AddLayer(std::move(resize), {x.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
