#include "probe/live_bytes.h"

#include "check/views.h"

namespace lockstep {

Status LiveBytes(const Model& model, List<uint64_t>* live) {
  const int32_t layers = model.layer_count();
  struct Life {
    int32_t first = -1;
    int32_t last = -1;
    bool used = false;
  };
  List<Life> lives(static_cast<size_t>(model.tensor_count()));
  Array<int32_t> roots;
  LOCKSTEP_RETURN_IF_ERROR(FindRoots(model.joint(), &roots));
  const auto use = [&](int32_t tensor, int32_t when) {
    if (model.is_constant(tensor)) return;
    Life& life = lives[static_cast<size_t>(roots[static_cast<size_t>(tensor)])];
    if (!life.used) life.first = when;
    life.used = true;
    life.last = when;
  };
  for (int32_t i = 0; i < model.input_count(); ++i) use(model.input_tensor(i), 0);
  for (int32_t layer = 0; layer < layers; ++layer) {
    for (int32_t i = 0; i < model.layer(layer).input_count; ++i) use(model.layer_input_tensor(layer, i), layer);
    for (int32_t i = 0; i < model.layer_output_count(layer); ++i) use(model.layer_output_tensor(layer, i), layer);
  }
  for (int32_t i = 0; i < model.output_count(); ++i) use(model.output_tensor(i), layers);
  live->assign(static_cast<size_t>(layers) + 1, 0);
  for (size_t i = 0; i < lives.size(); ++i) {
    if (!lives[i].used) continue;
    for (int32_t layer = lives[i].first; layer <= lives[i].last; ++layer) {
      (*live)[static_cast<size_t>(layer)] += model.tensor(static_cast<int32_t>(i)).bytes;
    }
  }
  return Status::Ok();
}

}  // namespace lockstep
