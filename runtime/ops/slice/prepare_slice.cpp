#include "joint_strides.h"
#include "ops/common/elements.h"
#include "ops/slice/slice.h"

namespace lockstep::kernels {

bool IsSliceWithin(const LayerArgs& args) {
  const joint::Slice& slice = *args.layer->options_as_Slice();
  const TensorView& input = args.inputs[0];
  const joint::PartPlace place = joint::PlaceOfPart(input.shape, input.pitch, args.outputs[0].shape, input.rank,
                                                    slice.start()->data(), slice.step()->data());
  return place.exists && IsWithin(args.outputs[0], input, place.offset);
}

Prepared PrepareSlice(const LayerArgs& args) {
  Prepared prepared;
  if (!IsSliceWithin(args)) prepared.units = ElementUnits(args.outputs[0].elements);
  return prepared;
}

}  // namespace lockstep::kernels
