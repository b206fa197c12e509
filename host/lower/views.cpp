#include "lower/views.h"

#include <algorithm>

#include "joint_strides.h"
#include "lockstep/check_model.h"

namespace lockstep::lower {
namespace {

constexpr int64_t kMinRowBytes = 16;  // shorter rows cost their readers and writers more than a copy does

std::vector<int32_t> Ones(size_t count) { return std::vector<int32_t>(count, 1); }

bool IsNode(const joint::LayerT* layer, joint::Options op) { return layer != nullptr && layer->options.type == op; }

}  // namespace

Views::Views(const joint::ModelT& model)
    : model_(&model),
      producers_(model.tensors.size(), -1),
      may_be_strided_(model.tensors.size(), true),
      edges_(model.tensors.size()),
      places_(model.tensors.size()) {
  const auto forbid = [&](int32_t tensor) { may_be_strided_[static_cast<size_t>(tensor)] = false; };
  for (const auto& input : model.inputs) forbid(input->tensor);
  for (const auto& output : model.outputs) forbid(output->tensor);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const joint::LayerT& layer = *model.layers[i];
    const StridedTensors allowed = StridedTensorsOf(layer.options.type);
    for (const int32_t output : layer.outputs) {
      producers_[static_cast<size_t>(output)] = static_cast<int32_t>(i);
      if (!allowed.outputs) forbid(output);
    }
    for (size_t input = static_cast<size_t>(allowed.inputs); input < layer.inputs.size(); ++input) {
      forbid(layer.inputs[input]);
    }
    const int32_t x = layer.inputs[0];
    if (layer.options.type != joint::Options::Reshape || Tensor(x).constant >= 0) continue;
    edges_[static_cast<size_t>(layer.outputs[0])] = {x, x, {}, {}};
  }
  for (size_t i = 0; i < model.tensors.size(); ++i) {
    const int64_t row = RowLength(static_cast<int32_t>(i)) * joint::ElementBytes(model.tensors[i]->dtype);
    if (row < kMinRowBytes) may_be_strided_[i] = false;
  }
  LocateAll();
}

bool Views::IsStrided(int32_t tensor) const { return PlaceOf(tensor).pitch != RowLength(tensor); }

const joint::LayerT* Views::Producer(int32_t tensor) const {
  const int32_t layer = producers_[static_cast<size_t>(tensor)];
  return layer < 0 ? nullptr : model_->layers[static_cast<size_t>(layer)].get();
}

bool Views::AddLayer(size_t index) {
  const joint::LayerT& layer = *model_->layers[index];
  if (layer.options.type == joint::Options::Concat) return AddConcat(layer);
  if (layer.options.type != joint::Options::Slice || Tensor(layer.inputs[0]).constant >= 0) return false;
  const joint::SliceT& slice = *layer.options.AsSlice();
  return Try(layer.outputs[0], {layer.inputs[0], layer.outputs[0], slice.start, slice.step});
}

bool Views::AddConcat(const joint::LayerT& concat) {
  const auto axis = static_cast<size_t>(concat.options.AsConcat()->axis);
  const int32_t whole = concat.outputs[0];
  std::vector<int32_t> start(Tensor(whole).shape.size(), 0);
  bool added = false;
  for (size_t i = 0; i < concat.inputs.size(); ++i) {
    const int32_t split = SplitFrom(concat, i);
    if (split >= 0) added |= AddPart(split, whole, start);
    if (IsCopied(concat, i)) added |= AddPart(concat.inputs[i], whole, start);
    start[axis] += Tensor(concat.inputs[i]).shape[axis];
  }
  return added;
}

bool Views::IsCopied(const joint::LayerT& concat, size_t input) const {
  const joint::ConcatT& options = *concat.options.AsConcat();
  const joint::TensorT& x = Tensor(concat.inputs[input]);
  return x.constant < 0 && x.dtype == Tensor(concat.outputs[0]).dtype &&
         (options.multiplier.empty() || options.multiplier[input] == 0);
}

int32_t Views::SplitFrom(const joint::LayerT& concat, size_t first) const {
  const auto axis = static_cast<size_t>(concat.options.AsConcat()->axis);
  const joint::LayerT* slice = Producer(concat.inputs[first]);
  if (!IsNode(slice, joint::Options::Slice)) return -1;
  const int32_t whole = slice->inputs[0];
  const int32_t extent = Tensor(whole).shape[axis];
  int32_t reached = 0;
  for (size_t i = first; i < concat.inputs.size() && reached < extent; ++i) {
    if (!IsCopied(concat, i) || !IsSliceAt(concat.inputs[i], whole, axis, reached)) return -1;
    reached += Tensor(concat.inputs[i]).shape[axis];
  }
  return reached == extent ? whole : -1;
}

bool Views::IsSliceAt(int32_t part, int32_t whole, size_t axis, int32_t start) const {
  const joint::LayerT* layer = Producer(part);
  if (!IsNode(layer, joint::Options::Slice) || edges_[static_cast<size_t>(part)].whole != whole) return false;
  const joint::SliceT& slice = *layer->options.AsSlice();
  for (size_t i = 0; i < slice.start.size(); ++i) {
    if (slice.start[i] != (i == axis ? start : 0)) return false;
    if (i == axis ? slice.step[i] != 1 : Tensor(part).shape[i] != Tensor(whole).shape[i]) return false;
  }
  return true;
}

// A tensor that has a place already stays there, but one with the same bytes in the same place moves along.
bool Views::AddPart(int32_t seen, int32_t whole, const std::vector<int32_t>& start) {
  int32_t part = seen;
  for (int32_t up = part; (up = edges_[static_cast<size_t>(part)].whole) >= 0; part = up) {
    if (Tensor(up).bytes != Tensor(part).bytes) return false;
  }
  for (int32_t up = whole; up >= 0; up = edges_[static_cast<size_t>(up)].whole) {
    if (up == part) return false;
  }
  return Try(part, {whole, seen, start, Ones(start.size())});
}

bool Views::Try(int32_t part, Edge edge) {
  edges_[static_cast<size_t>(part)] = std::move(edge);
  if (LocateAll()) return true;
  edges_[static_cast<size_t>(part)] = {};
  LocateAll();
  return false;
}

bool Views::LocateAll() {
  for (size_t i = 0; i < places_.size(); ++i) {
    const auto tensor = static_cast<int32_t>(i);
    if (Tensor(tensor).constant >= 0) continue;
    if (!Locate(tensor, &places_[i]) || (IsStrided(tensor) && !may_be_strided_[i])) return false;
  }
  return true;
}

bool Views::Locate(int32_t tensor, Place* place) const {
  const Edge& edge = edges_[static_cast<size_t>(tensor)];
  if (edge.whole < 0) {
    *place = {tensor, 0, RowLength(tensor)};
    return true;
  }
  if (!Locate(edge.whole, place)) return false;
  const joint::TensorT& seen = Tensor(edge.seen);
  if (edge.seen == edge.whole) {  // a Reshape: elements side by side have a place in any shape
    if (place->pitch != RowLength(edge.whole)) return false;
    place->pitch = RowLength(tensor);
    return true;
  }
  const joint::PartPlace part =
      joint::PlaceOfPart(Tensor(edge.whole).shape.data(), place->pitch, seen.shape.data(),
                         static_cast<int32_t>(seen.shape.size()), edge.start.data(), edge.step.data());
  if (!part.exists) return false;
  place->offset += part.offset;
  place->pitch = part.pitch;
  if (edge.seen == tensor) return true;
  const bool dense = part.pitch == RowLength(edge.seen);
  place->pitch = dense ? RowLength(tensor) : part.pitch;
  return dense || seen.shape == Tensor(tensor).shape;
}

}  // namespace lockstep::lower
