#include <cmath>

#include "arithmetic/rq1.h"
#include "graph/error.h"
#include "graph/short_number.h"
#include "lower/ops/emitters.h"
#include "quantize/fixed_params.h"

namespace lockstep::lower {
namespace {

constexpr int kPlaceBits = 16;
constexpr int kMaxLongShift = 55;

joint::GridSampleT OptionsOf(const graph::Node& node) {
  const std::string padding = node.String("padding_mode", "");
  joint::GridSampleT options;
  options.nearest = node.String("mode", "") == "nearest";
  options.align_corners = node.Int("align_corners", 0) != 0;
  if (padding == "border") options.padding = joint::GridPadding::Border;
  if (padding == "reflection") options.padding = joint::GridPadding::Reflection;
  return options;
}

Value Grid(LowerContext& context) {
  if (!context.IsConstant(1)) return context.IntegerInput(1);
  return context.ConstantOperand(1, quantize::ConstantParams(context.Floats(1), kPlaceBits));
}

// From levels of the grid to places along an axis in units of 2^-fraction.
FixedMultiplier ToPlaces(const Value& grid, int64_t size, bool align_corners, int fraction, bool constant) {
  const double half = 0.5 * static_cast<double>(align_corners ? size - 1 : size);
  const double step = grid.params().scale * half;
  const double real = std::ldexp(step, fraction);
  if (real == 0.0) return {rq1::kMinMultiplier, rq1::kMaxShift};  // the one place there is
  if (real >= 0x1p30) {
    throw UnsupportedModel("a level of its grid is " + graph::ShortNumber(step) + " pixels of the image; " +
                           (constant ? "limit the grid's numbers, as to -2 to 2" : "bound the grid with a Clip"));
  }
  return ToFixed(real);
}

}  // namespace

void EmitGridSample(LowerContext& context) {
  const Value x = context.IntegerInput(0);
  const Value grid = Grid(context);
  const AffineParams y = context.OutputParams();
  joint::GridSampleT options = OptionsOf(context.node());
  const bool wide = x.params().bits > 8;
  const int fraction = wide || options.nearest ? 19 : 11;
  const bool constant = context.IsConstant(1);
  const FixedMultiplier columns = ToPlaces(grid, x.shape[3], options.align_corners, fraction, constant);
  const FixedMultiplier rows = ToPlaces(grid, x.shape[2], options.align_corners, fraction, constant);
  options.column_multiplier = columns.m;
  options.column_shift = columns.s;
  options.row_multiplier = rows.m;
  options.row_shift = rows.s;
  FixedMultiplier fixed = ToFixed(x.params().scale / y.scale);
  if (!options.nearest) fixed.s += 2 * fraction;
  const int most = wide && !options.nearest ? kMaxLongShift : rq1::kMaxShift;
  if (fixed.s > most) fixed = {rq1::kMinMultiplier, most};  // everything is rounded to 0
  options.multiplier = fixed.m;
  options.shift = fixed.s;
  options.clamp_high = y.high();
  const Value result = context.AddOutput(y);
  context.AddLayer(options, {x.tensor, grid.tensor}, result.tensor);
  context.Define(result);
}

void EmitFloatGridSample(LowerContext& context) {
  const Value x = context.FloatInput(0);
  const Value grid = context.IsConstant(1) ? context.FloatOperand(1) : context.FloatInput(1);
  const Value result = context.AddOutput(TensorFormat());
  context.AddLayer(OptionsOf(context.node()), {x.tensor, grid.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
