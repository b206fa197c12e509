// The prepare step that all variants of an operator share.
#include "kernels/conv_driver.h"
#include "kernels/elements.h"
#include "kernels/kernel.h"
#include "kernels/rescale.h"

namespace lockstep::kernels {
namespace {

int64_t ImageRows(const TensorView& view) { return int64_t{view.shape[0]} * view.shape[1]; }

uint64_t Aligned(int64_t bytes) { return static_cast<uint64_t>((bytes + 63) / 64 * 64); }

int64_t OuterElements(const TensorView& view, int32_t axis) {
  int64_t count = 1;
  for (int32_t i = 0; i < axis; ++i) count *= view.shape[i];
  return count;
}

}  // namespace

OperatorPlan PlanOperator(const LayerArgs& args) {
  OperatorPlan plan;
  switch (args.layer->options_type()) {
    case joint::Options::Conv: {
      const ConvGeometry geometry = DescribeConv(args);
      plan.units = geometry.units;
      plan.scratch_bytes = geometry.scratch_bytes;
      break;
    }
    case joint::Options::DepthwiseConv:
    case joint::Options::Resize:
      plan.units = ImageRows(args.output);
      break;
    case joint::Options::MaxPool: {
      const TensorView& input = args.inputs[0];
      plan.units = ImageRows(args.output);
      plan.scratch_bytes = Aligned(int64_t{input.shape[2]} * input.shape[3] * ElementBytes(input.dtype));
      break;
    }
    case joint::Options::AveragePool: {
      const TensorView& input = args.inputs[0];
      plan.units = ImageRows(args.output);
      plan.scratch_bytes = Aligned((int64_t{input.shape[2]} + 1) * input.shape[3] * int64_t{sizeof(int32_t)});
      break;
    }
    case joint::Options::Concat:
      plan.units = OuterElements(args.output, args.layer->options_as_Concat()->axis());
      plan.scratch_bytes = kRescaleTableBytes;
      break;
    case joint::Options::Softmax:
      plan.units = OuterElements(args.output, args.output.rank - 1);
      break;
    case joint::Options::Rescale:
      plan.scratch_bytes = kRescaleTableBytes;
      plan.units = ElementUnits(args.output.elements);
      break;
    default:
      plan.units = ElementUnits(args.output.elements);
      break;
  }
  return plan;
}

}  // namespace lockstep::kernels
