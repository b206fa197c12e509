// The memory plan: every tensor is written once and before it is read, what is alive at once does not overlap unless
// one lies within the other as a layer says, and only such a tensor is strided.
#include <algorithm>

#include "base/memory.h"
#include "check/check.h"
#include "check/views.h"

namespace lockstep::check {
namespace {

constexpr int32_t kNever = -2;
constexpr int32_t kBeforeFirst = -1;  // when inputs are written

class MemoryPlan {
 public:
  explicit MemoryPlan(const ModelCheck& check) : report_(check.report), model_(check.model) {}

  Verdict Prepare() {
    for (Array<int32_t>* array : {&written_, &first_write_, &last_use_, &alive_}) {
      LOCKSTEP_RETURN_IF_FAULT(report_.Take(array->Make(model_.tensors()->size(), "checking the memory plan")));
      std::fill(array->begin(), array->end(), kNever);
    }
    return Verdict::kPassed;
  }

  // Every tensor is written once and before it is read.
  Verdict Order() {
    for (const joint::InputSpec* input : *model_.inputs()) written_[input->tensor()] = kBeforeFirst;
    for (uint32_t i = 0; i < model_.layers()->size(); ++i)
      LOCKSTEP_RETURN_IF_FAULT(OrderLayer(static_cast<int32_t>(i)));
    for (uint32_t i = 0; i < model_.outputs()->size(); ++i) {
      const int32_t tensor = model_.outputs()->Get(i)->tensor();
      if (written_[tensor] < 0) return report_.Corrupt("outputs[%u].tensor: %d is the output of no layer", i, tensor);
    }
    return Verdict::kPassed;
  }

  // What lies in whose memory. Needs Order().
  Verdict Places() {
    LOCKSTEP_RETURN_IF_FAULT(report_.Take(FindRoots(model_, &root_)));
    for (size_t i = 0; i < root_.size(); ++i) {
      const auto index = static_cast<int32_t>(i);
      if (tensor(index).strides() == nullptr || root_[i] != index) continue;
      return report_.Corrupt(
          "tensor %d '%.64s': strides: it is no part of a tensor, where a Slice or a Concat says, and only a part may "
          "have them",
          index, tensor(index).name()->c_str());
    }
    return Verdict::kPassed;
  }

  // No two that are alive at once overlap. Needs Places().
  Verdict Overlaps() {
    const auto layers = static_cast<int32_t>(model_.layers()->size());
    for (const joint::InputSpec* input : *model_.inputs()) Use(input->tensor(), kBeforeFirst);
    for (int32_t i = 0; i < layers; ++i) {
      for (const int32_t input : *Layer(i).inputs()) Use(input, i);
      for (const int32_t output : *Layer(i).outputs()) Use(output, i);
    }
    for (const joint::OutputSpec* output : *model_.outputs()) Use(output->tensor(), layers);
    for (const joint::InputSpec* input : *model_.inputs())
      LOCKSTEP_RETURN_IF_FAULT(Place(input->tensor(), kBeforeFirst));
    for (const joint::InputSpec* input : *model_.inputs()) Release(input->tensor(), kBeforeFirst);
    for (int32_t i = 0; i < layers; ++i) {
      for (const int32_t output : *Layer(i).outputs()) LOCKSTEP_RETURN_IF_FAULT(Place(output, i));
      for (const int32_t output : *Layer(i).outputs()) Release(output, i);
      for (const int32_t input : *Layer(i).inputs()) Release(input, i);
    }
    return Verdict::kPassed;
  }

 private:
  const joint::Tensor& tensor(int32_t index) const { return *model_.tensors()->Get(static_cast<uint32_t>(index)); }
  const joint::Layer& Layer(int32_t index) const { return *model_.layers()->Get(static_cast<uint32_t>(index)); }

  Verdict OrderLayer(int32_t index) {
    const joint::Layer& layer = Layer(index);
    for (const int32_t input : *layer.inputs()) {
      if (tensor(input).constant() >= 0 || written_[input] != kNever) continue;
      return report_.Corrupt("layer '%.64s': inputs: tensor %d '%.64s' is read before any layer writes it",
                             layer.name()->c_str(), input, tensor(input).name()->c_str());
    }
    for (const int32_t output : *layer.outputs()) {
      if (written_[output] != kNever) {
        return report_.Corrupt("layer '%.64s': outputs: tensor %d '%.64s' is written twice", layer.name()->c_str(),
                               output, tensor(output).name()->c_str());
      }
      written_[output] = index;
    }
    return Verdict::kPassed;
  }

  // The memory that a tensor lies in is needed from its first write to its last use, of any part of it.
  void Use(int32_t index, int32_t now) {
    if (tensor(index).constant() >= 0) return;
    const int32_t root = root_[index];
    if (first_write_[root] == kNever) first_write_[root] = now;
    last_use_[root] = now;
  }

  // What is alive does not overlap, so only the neighbours can meet what is added.
  Verdict Place(int32_t part, int32_t now) {
    const int32_t index = root_[part];
    if (first_write_[index] != now) return Verdict::kPassed;  // it is alive
    const uint64_t begin = Offset(index);
    int32_t* after = FirstAliveFrom(begin);
    if (after != AliveEnd() && *after == index) return Verdict::kPassed;  // by another output of the layer
    if (after != AliveEnd() && Offset(*after) < begin + tensor(index).bytes()) return Overlap(index, *after);
    if (after != alive_.begin()) {
      const int32_t before = after[-1];
      if (begin < Offset(before) + tensor(before).bytes()) return Overlap(index, before);
    }
    std::copy_backward(after, AliveEnd(), AliveEnd() + 1);
    *after = index;
    ++alive_count_;
    return Verdict::kPassed;
  }

  Verdict Overlap(int32_t added, int32_t other) const {
    return report_.Corrupt(
        "tensor %d '%.64s': arena_offset: overlaps tensor %d '%.64s', which is alive at the same time", added,
        tensor(added).name()->c_str(), other, tensor(other).name()->c_str());
  }

  // Nothing takes the place of a tensor before its last use, so the offset says which one to release.
  void Release(int32_t index, int32_t now) {
    const int32_t root = root_[index];
    if (tensor(index).constant() >= 0 || last_use_[root] != now) return;
    int32_t* alive = FirstAliveFrom(Offset(root));
    if (alive == AliveEnd() || *alive != root) return;
    std::copy(alive + 1, AliveEnd(), alive);
    --alive_count_;
  }

  uint64_t Offset(int32_t index) const { return static_cast<uint64_t>(tensor(index).arena_offset()); }
  int32_t* AliveEnd() { return alive_.begin() + alive_count_; }
  int32_t* FirstAliveFrom(uint64_t offset) {
    return std::lower_bound(alive_.begin(), AliveEnd(), offset,
                            [this](int32_t index, uint64_t from) { return Offset(index) < from; });
  }

  Report& report_;
  const joint::Model& model_;
  Array<int32_t> written_;      // the layer, kBeforeFirst or kNever
  Array<int32_t> root_;         // the tensor whose memory a tensor lies in
  Array<int32_t> first_write_;  // of a root: of any tensor in it
  Array<int32_t> last_use_;     // likewise
  Array<int32_t> alive_;        // roots, by arena offset
  size_t alive_count_ = 0;
};

}  // namespace

Verdict CheckMemory(ModelCheck& check) {
  MemoryPlan plan(check);
  LOCKSTEP_RETURN_IF_FAULT(plan.Prepare());
  LOCKSTEP_RETURN_IF_FAULT(plan.Order());
  LOCKSTEP_RETURN_IF_FAULT(plan.Places());
  return plan.Overlaps();
}

}  // namespace lockstep::check
