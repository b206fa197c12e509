// The memory plan: every tensor is written once and before it is read, what is alive at once does not overlap unless
// one lies within the other as a layer says, and only such a tensor is strided.
#include <algorithm>

#include "base/memory.h"
#include "check/arena_check.h"
#include "check/check.h"
#include "check/check_rows.h"
#include "check/views.h"

namespace lockstep::check {
namespace {

constexpr int32_t kNever = -2;
constexpr int32_t kBeforeFirst = -1;  // when inputs are written

class MemoryPlan {
 public:
  explicit MemoryPlan(const ModelCheck& check) : report_(check.report), model_(check.model) {}

  const Array<int32_t>& roots() const { return root_; }

  // Every tensor is written once and before it is read.
  Verdict Order() {
    LOCKSTEP_RETURN_IF_FAULT(report_.Take(written_.Make(model_.tensors()->size(), "checking the memory plan")));
    std::fill(written_.begin(), written_.end(), kNever);
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

  Report& report_;
  const joint::Model& model_;
  Array<int32_t> written_;  // the layer, kBeforeFirst or kNever
  Array<int32_t> root_;     // the tensor whose memory a tensor lies in
};

}  // namespace

Verdict CheckMemory(ModelCheck& check) {
  MemoryPlan plan(check);
  LOCKSTEP_RETURN_IF_FAULT(plan.Order());
  LOCKSTEP_RETURN_IF_FAULT(plan.Places());
  LOCKSTEP_RETURN_IF_FAULT(CheckArena(check, plan.roots(), nullptr));
  const joint::RowPlan* rows = check.model.row_plan();
  if (rows == nullptr) return Verdict::kPassed;
  LOCKSTEP_RETURN_IF_FAULT(CheckRows(check, plan.roots(), *rows));
  return CheckArena(check, plan.roots(), rows);
}

}  // namespace lockstep::check
