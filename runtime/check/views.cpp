#include "check/views.h"

#include "check/limits.h"
#include "joint_strides.h"

namespace lockstep {
namespace {

constexpr int32_t kSteps[kMaxRank] = {1, 1, 1, 1, 1, 1};

class Views {
 public:
  Views(const joint::Model& model, Array<int32_t>& producers, Array<int32_t>& parents)
      : model_(model), producers_(producers), parents_(parents) {}

  void Find() {
    for (size_t i = 0; i < parents_.size(); ++i) parents_[i] = static_cast<int32_t>(i);
    for (uint32_t i = 0; i < model_.layers()->size(); ++i) {
      const joint::Layer& layer = *model_.layers()->Get(i);
      for (const int32_t output : *layer.outputs()) producers_[output] = static_cast<int32_t>(i);
      FindInLayer(layer);
    }
    for (size_t i = 0; i < parents_.size(); ++i) PutUnderRoot(static_cast<int32_t>(i));
  }

 private:
  const joint::Tensor& tensor(int32_t index) const { return *model_.tensors()->Get(static_cast<uint32_t>(index)); }
  bool IsInArena(int32_t index) const { return tensor(index).constant() < 0; }
  int32_t Extent(int32_t index, int32_t axis) const { return tensor(index).shape()->Get(static_cast<uint32_t>(axis)); }

  // And all on the way, so that no way is gone twice.
  void PutUnderRoot(int32_t index) {
    int32_t root = index;
    while (parents_[root] != root) root = parents_[root];
    while (index != root) {
      const int32_t next = parents_[index];
      parents_[index] = root;
      index = next;
    }
  }

  void FindInLayer(const joint::Layer& layer) {
    const int32_t x = layer.inputs()->Get(0);
    const int32_t y = layer.outputs()->Get(0);
    if (layer.options_type() == joint::Options::Concat) {
      FindParts(layer, layer.options_as_Concat()->axis());
    } else if (layer.options_type() == joint::Options::Reshape) {
      if (IsInArena(x) && tensor(x).arena_offset() == tensor(y).arena_offset()) parents_[y] = x;
    } else if (layer.options_type() == joint::Options::Slice) {
      const joint::Slice& slice = *layer.options_as_Slice();
      if (IsInArena(x) && IsPart(y, x, slice.start()->data(), slice.step()->data())) parents_[y] = x;
    }
  }

  bool IsPart(int32_t part, int32_t whole, const int32_t* start, const int32_t* step) const {
    const joint::Tensor& p = tensor(part);
    const joint::Tensor& w = tensor(whole);
    const joint::PartPlace place = joint::PlaceOfPart(w.shape()->data(), joint::PitchOf(w), p.shape()->data(),
                                                      static_cast<int32_t>(w.shape()->size()), start, step);
    return place.exists && joint::PitchOf(p) == place.pitch &&
           p.arena_offset() == w.arena_offset() + place.offset * joint::ElementBytes(w.dtype());
  }

  void FindParts(const joint::Layer& layer, int32_t axis) {
    int32_t start[kMaxRank] = {};
    for (uint32_t i = 0; i < layer.inputs()->size(); ++i) {
      const int32_t x = layer.inputs()->Get(i);
      if (IsCopied(layer, i)) TakeAsPart(x, layer.outputs()->Get(0), start);
      const int32_t split = SplitFrom(layer, axis, i);
      if (split >= 0) TakeAsPart(split, layer.outputs()->Get(0), start);
      start[axis] += Extent(x, axis);
    }
  }

  bool IsCopied(const joint::Layer& layer, uint32_t input) const {
    const auto* multiplier = layer.options_as_Concat()->multiplier();
    const int32_t x = layer.inputs()->Get(input);
    return IsInArena(x) && tensor(x).dtype() == tensor(layer.outputs()->Get(0)).dtype() &&
           (multiplier == nullptr || multiplier->Get(input) == 0);
  }

  void TakeAsPart(int32_t x, int32_t whole, const int32_t* start) {
    if (!IsPart(x, whole, start, kSteps)) return;
    // What has the same bytes in the same place moves along.
    while (parents_[x] != x && tensor(parents_[x]).bytes() == tensor(x).bytes()) x = parents_[x];
    if (parents_[x] == x) parents_[x] = whole;
  }

  // The tensor whose slices, one behind the other along the axis, are the inputs from this one on, if they lie in it;
  // else -1. With them it is a part of the output as they are.
  int32_t SplitFrom(const joint::Layer& layer, int32_t axis, uint32_t first) const {
    const int32_t whole = parents_[layer.inputs()->Get(first)];
    if (tensor(whole).shape()->size() != tensor(layer.outputs()->Get(0)).shape()->size()) return -1;
    int32_t reached = 0;
    for (uint32_t i = first; i < layer.inputs()->size() && reached < Extent(whole, axis); ++i) {
      const int32_t part = layer.inputs()->Get(i);
      if (!IsCopied(layer, i) || !IsSliceAt(part, whole, axis, reached)) return -1;
      reached += Extent(part, axis);
    }
    return reached == Extent(whole, axis) ? whole : -1;
  }

  // All of `whole` but along the axis, where it begins at `start`.
  bool IsSliceAt(int32_t part, int32_t whole, int32_t axis, int32_t start) const {
    if (part == whole || parents_[part] != whole || producers_[part] < 0) return false;
    const joint::Slice* slice = model_.layers()->Get(static_cast<uint32_t>(producers_[part]))->options_as_Slice();
    if (slice == nullptr) return false;
    for (int32_t i = 0; i < static_cast<int32_t>(slice->start()->size()); ++i) {
      const auto entry = static_cast<uint32_t>(i);
      if (slice->start()->Get(entry) != (i == axis ? start : 0)) return false;
      if (i == axis ? slice->step()->Get(entry) != 1 : Extent(part, i) != Extent(whole, i)) return false;
    }
    return true;
  }

  const joint::Model& model_;
  Array<int32_t>& producers_;  // the layer that writes a tensor, of those before the one at hand
  Array<int32_t>& parents_;    // of a root: itself
};

}  // namespace

Status FindRoots(const joint::Model& model, Array<int32_t>* roots) {
  Array<int32_t> producers;
  LOCKSTEP_RETURN_IF_ERROR(producers.Make(model.tensors()->size(), "the places of the tensors"));
  LOCKSTEP_RETURN_IF_ERROR(roots->Make(model.tensors()->size(), "the places of the tensors"));
  for (int32_t& producer : producers) producer = -1;
  Views(model, producers, *roots).Find();
  return Status::Ok();
}

}  // namespace lockstep
