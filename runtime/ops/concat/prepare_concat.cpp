#include "ops/common/prepare.h"
#include "ops/common/rescale_run.h"
#include "ops/concat/concat.h"

namespace lockstep::kernels {
namespace {

bool HasTable(const LayerArgs& args, int32_t input) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  return args.outputs[0].dtype != joint::DType::F32 && args.inputs[input].dtype == joint::DType::U8 &&
         concat.multiplier()->Get(static_cast<flatbuffers::uoffset_t>(input)) != 0;
}

}  // namespace

// State: a table for each input, if any U8 input is rescaled.
Prepared PrepareConcat(const LayerArgs& args) {
  Prepared prepared;
  prepared.units = OuterElements(args.outputs[0], args.layer->options_as_Concat()->axis());
  for (int32_t i = 0; i < args.input_count; ++i) {
    if (HasTable(args, i)) prepared.state_bytes = kRescaleTableBytes * static_cast<uint64_t>(args.input_count);
  }
  return prepared;
}

void SetUpConcat(const LayerArgs& args, uint8_t* state) {
  const joint::Concat& concat = *args.layer->options_as_Concat();
  for (int32_t i = 0; i < args.input_count; ++i) {
    if (!HasTable(args, i)) continue;
    const auto index = static_cast<flatbuffers::uoffset_t>(i);
    BuildRescaleTable(args.inputs[i], args.outputs[0], concat.multiplier()->Get(index), concat.shift()->Get(index),
                      state + kRescaleTableBytes * static_cast<size_t>(i));
  }
}

}  // namespace lockstep::kernels
