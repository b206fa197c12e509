// The memory plan: every tensor is written once and before it is read, and what is alive at once does not overlap.
#include <algorithm>

#include "core/check.h"
#include "core/memory.h"

namespace lockstep::check {
namespace {

constexpr int32_t kNever = -2;
constexpr int32_t kBeforeFirst = -1;  // when inputs are written

class MemoryPlan {
 public:
  explicit MemoryPlan(const joint::Model& model) : model_(model) {}

  Status Prepare() {
    for (Array<int32_t>* array : {&written_, &last_use_, &place_, &alive_}) {
      LOCKSTEP_RETURN_IF_ERROR(array->Make(model_.tensors()->size(), "checking the memory plan"));
    }
    std::fill(written_.begin(), written_.end(), kNever);
    std::fill(last_use_.begin(), last_use_.end(), kNever);
    for (size_t i = 0; i < place_.size(); ++i) place_[i] = static_cast<int32_t>(i);
    return Status::Ok();
  }

  // Fills in when every place is first written and last used.
  Status Order() {
    const auto layers = static_cast<int32_t>(model_.layers()->size());
    for (const joint::InputSpec* input : *model_.inputs()) {
      written_[input->tensor()] = kBeforeFirst;
      last_use_[input->tensor()] = kBeforeFirst;
    }
    for (int32_t i = 0; i < layers; ++i) LOCKSTEP_RETURN_IF_ERROR(OrderLayer(i));
    for (uint32_t i = 0; i < model_.outputs()->size(); ++i) {
      const int32_t tensor = model_.outputs()->Get(i)->tensor();
      if (written_[tensor] < 0) return Corrupt("outputs[%u].tensor: %d is the output of no layer", i, tensor);
      last_use_[place_[tensor]] = layers;
    }
    return Status::Ok();
  }

  // Needs Order().
  Status Overlaps() {
    for (const joint::InputSpec* input : *model_.inputs()) LOCKSTEP_RETURN_IF_ERROR(Place(input->tensor()));
    for (const joint::InputSpec* input : *model_.inputs()) Release(input->tensor(), kBeforeFirst);
    for (uint32_t i = 0; i < model_.layers()->size(); ++i) {
      const joint::Layer& layer = *model_.layers()->Get(i);
      for (const int32_t output : *layer.outputs()) {
        if (place_[output] == output) LOCKSTEP_RETURN_IF_ERROR(Place(output));
      }
      const auto now = static_cast<int32_t>(i);
      for (const int32_t output : *layer.outputs()) Release(output, now);
      for (const int32_t input : *layer.inputs()) Release(input, now);
    }
    return Status::Ok();
  }

 private:
  const joint::Tensor& tensor(int32_t index) const { return *model_.tensors()->Get(static_cast<uint32_t>(index)); }

  Status OrderLayer(int32_t index) {
    const joint::Layer& layer = *model_.layers()->Get(static_cast<uint32_t>(index));
    for (const int32_t input : *layer.inputs()) {
      if (tensor(input).constant() >= 0) continue;
      if (written_[input] == kNever) {
        return Corrupt("layer '%.64s': inputs: tensor %d '%.64s' is read before any layer writes it",
                       layer.name()->c_str(), input, tensor(input).name()->c_str());
      }
      last_use_[place_[input]] = index;
    }
    for (const int32_t output : *layer.outputs()) {
      if (written_[output] != kNever) {
        return Corrupt("layer '%.64s': outputs: tensor %d '%.64s' is written twice", layer.name()->c_str(), output,
                       tensor(output).name()->c_str());
      }
      written_[output] = index;
      const int32_t input = layer.inputs()->Get(0);
      // A reshape may be nothing but another name for its input's bytes.
      if (layer.options_type() == joint::Options::Reshape && tensor(input).constant() < 0 &&
          tensor(input).arena_offset() == tensor(output).arena_offset()) {
        place_[output] = place_[input];
      }
      last_use_[place_[output]] = index;
    }
    return Status::Ok();
  }

  // What is alive does not overlap, so only the neighbours can meet what is added.
  Status Place(int32_t index) {
    const uint64_t begin = Offset(index);
    int32_t* after = FirstAliveFrom(begin);
    if (after != AliveEnd() && Offset(*after) < begin + tensor(index).bytes()) return Overlap(index, *after);
    if (after != alive_.begin()) {
      const int32_t before = after[-1];
      if (begin < Offset(before) + tensor(before).bytes()) return Overlap(index, before);
    }
    std::copy_backward(after, AliveEnd(), AliveEnd() + 1);
    *after = index;
    ++alive_count_;
    return Status::Ok();
  }

  Status Overlap(int32_t added, int32_t other) const {
    return Corrupt("tensor %d '%.64s': arena_offset: overlaps tensor %d '%.64s', which is alive at the same time",
                   added, tensor(added).name()->c_str(), other, tensor(other).name()->c_str());
  }

  // Nothing takes the place of a tensor before its last use, so the offset says which one to release.
  void Release(int32_t index, int32_t now) {
    if (tensor(index).constant() >= 0 || last_use_[place_[index]] != now) return;
    int32_t* alive = FirstAliveFrom(Offset(place_[index]));
    if (alive == AliveEnd() || *alive != place_[index]) return;
    std::copy(alive + 1, AliveEnd(), alive);
    --alive_count_;
  }

  uint64_t Offset(int32_t index) const { return static_cast<uint64_t>(tensor(index).arena_offset()); }
  int32_t* AliveEnd() { return alive_.begin() + alive_count_; }
  int32_t* FirstAliveFrom(uint64_t offset) {
    return std::lower_bound(alive_.begin(), AliveEnd(), offset,
                            [this](int32_t index, uint64_t from) { return Offset(index) < from; });
  }

  const joint::Model& model_;
  Array<int32_t> written_;   // the layer, kBeforeFirst or kNever
  Array<int32_t> last_use_;  // of a place
  Array<int32_t> place_;     // the tensor whose bytes these are
  Array<int32_t> alive_;     // places, by arena offset
  size_t alive_count_ = 0;
};

}  // namespace

Status CheckMemory(ModelCheck& check) {
  MemoryPlan plan(check.model);
  LOCKSTEP_RETURN_IF_ERROR(plan.Prepare());
  LOCKSTEP_RETURN_IF_ERROR(plan.Order());
  return plan.Overlaps();
}

}  // namespace lockstep::check
