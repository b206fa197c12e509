#include "check/arena_check.h"

#include <algorithm>

namespace lockstep::check {
namespace {

constexpr int32_t kNever = -2;
constexpr int32_t kBeforeFirst = -1;  // when inputs are written

// Layers run one after the other, those of a group at one moment.
class Arena {
 public:
  Arena(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan* rows)
      : report_(check.report), model_(check.model), root_(roots), rows_(rows) {}

  Verdict Check() {
    LOCKSTEP_RETURN_IF_FAULT(Prepare());
    const auto layers = static_cast<int32_t>(model_.layers()->size());
    for (const joint::InputSpec* input : *model_.inputs()) Use(input->tensor(), kBeforeFirst);
    LOCKSTEP_RETURN_IF_FAULT(ForEachMoment(
        [this](int32_t now, const joint::Layer& layer) {
          for (const int32_t input : *layer.inputs()) Use(input, now);
          for (const int32_t output : *layer.outputs()) Use(output, now);
          return Verdict::kPassed;
        },
        [](int32_t, const joint::Layer&) {}));
    for (const joint::OutputSpec* output : *model_.outputs()) Use(output->tensor(), layers);
    for (const joint::InputSpec* input : *model_.inputs())
      LOCKSTEP_RETURN_IF_FAULT(Place(input->tensor(), kBeforeFirst));
    for (const joint::InputSpec* input : *model_.inputs()) Release(input->tensor(), kBeforeFirst);
    return ForEachMoment(
        [this](int32_t now, const joint::Layer& layer) {
          for (const int32_t output : *layer.outputs()) LOCKSTEP_RETURN_IF_FAULT(Place(output, now));
          return Verdict::kPassed;
        },
        [this](int32_t now, const joint::Layer& layer) {
          for (const int32_t output : *layer.outputs()) Release(output, now);
          for (const int32_t input : *layer.inputs()) Release(input, now);
        });
  }

 private:
  const joint::Tensor& tensor(int32_t index) const { return *model_.tensors()->Get(static_cast<uint32_t>(index)); }

  Verdict Prepare() {
    for (Array<int32_t>* array : {&first_write_, &last_use_, &alive_}) {
      LOCKSTEP_RETURN_IF_FAULT(report_.Take(array->Make(model_.tensors()->size(), "checking the memory plan")));
      std::fill(array->begin(), array->end(), kNever);
    }
    return Verdict::kPassed;
  }

  // first(moment, layer) for all layers of a moment, then last(moment, layer) for all of them.
  template <typename First, typename Last>
  Verdict ForEachMoment(First first, Last last) const {
    const auto layers = model_.layers()->size();
    uint32_t group = 0;
    for (uint32_t begin = 0, end = 0; begin < layers; begin = end) {
      end = begin + 1;
      if (rows_ != nullptr && group < rows_->groups()->size() &&
          rows_->groups()->Get(group)->first_layer() == static_cast<int32_t>(begin)) {
        end = begin + static_cast<uint32_t>(rows_->groups()->Get(group++)->layers());
      }
      const auto now = static_cast<int32_t>(begin);
      for (uint32_t i = begin; i < end; ++i) LOCKSTEP_RETURN_IF_FAULT(first(now, *model_.layers()->Get(i)));
      for (uint32_t i = begin; i < end; ++i) last(now, *model_.layers()->Get(i));
    }
    return Verdict::kPassed;
  }

  // The memory that a tensor lies in is needed from its first write to its last use, of any part of it.
  void Use(int32_t index, int32_t now) {
    if (!HasPlace(index)) return;
    const int32_t root = root_[index];
    if (first_write_[root] == kNever) first_write_[root] = now;
    last_use_[root] = now;
  }

  // What is alive does not overlap, so only the neighbours can meet what is added.
  Verdict Place(int32_t part, int32_t now) {
    const int32_t index = root_[part];
    if (!HasPlace(part) || first_write_[index] != now) return Verdict::kPassed;  // it is alive
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
    if (!HasPlace(index) || last_use_[root] != now) return;
    int32_t* alive = FirstAliveFrom(Offset(root));
    if (alive == AliveEnd() || *alive != root) return;
    std::copy(alive + 1, AliveEnd(), alive);
    --alive_count_;
  }

  bool HasPlace(int32_t index) const { return PlaceIn(model_, rows_, index) >= 0; }
  uint64_t Offset(int32_t index) const { return static_cast<uint64_t>(PlaceIn(model_, rows_, index)); }
  int32_t* AliveEnd() { return alive_.begin() + alive_count_; }
  int32_t* FirstAliveFrom(uint64_t offset) {
    return std::lower_bound(alive_.begin(), AliveEnd(), offset,
                            [this](int32_t index, uint64_t from) { return Offset(index) < from; });
  }

  Report& report_;
  const joint::Model& model_;
  const Array<int32_t>& root_;  // the tensor whose memory a tensor lies in
  const joint::RowPlan* rows_;  // nullptr: the plan without groups
  Array<int32_t> first_write_;  // of a root: of any tensor in it
  Array<int32_t> last_use_;     // likewise
  Array<int32_t> alive_;        // roots, by arena offset
  size_t alive_count_ = 0;
};

}  // namespace

Verdict CheckArena(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan* rows) {
  return Arena(check, roots, rows).Check();
}

}  // namespace lockstep::check
