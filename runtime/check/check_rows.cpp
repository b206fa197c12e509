#include "check/check_rows.h"

#include <algorithm>

#include "check/arena_check.h"
#include "check/row_layer.h"
#include "joint_strides.h"

namespace lockstep::check {
namespace {

class Rows {
 public:
  Rows(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan& rows)
      : check_(check), report_(check.report), model_(check.model), roots_(roots), rows_(rows) {}

  Verdict Check() {
    if (rows_.arena_offsets()->size() != model_.tensors()->size()) {
      return report_.Corrupt("row_plan.arena_offsets: %u of %u tensors", rows_.arena_offsets()->size(),
                             model_.tensors()->size());
    }
    if (rows_.arena_size() > check_.options.max_arena) {
      return report_.Corrupt("row_plan.arena_size: %llu bytes are more than the limit of %llu",
                             static_cast<unsigned long long>(rows_.arena_size()),
                             static_cast<unsigned long long>(check_.options.max_arena));
    }
    LOCKSTEP_RETURN_IF_FAULT(CountUses());
    int32_t next = 0;
    for (uint32_t i = 0; i < rows_.groups()->size(); ++i) LOCKSTEP_RETURN_IF_FAULT(CheckGroup(i, &next));
    for (uint32_t i = 0; i < model_.tensors()->size(); ++i)
      LOCKSTEP_RETURN_IF_FAULT(CheckPlace(static_cast<int32_t>(i)));
    return Verdict::kPassed;
  }

 private:
  static constexpr int32_t kBetween = -1;  // of uses_: between two layers of a group

  const joint::Tensor& tensor(int32_t index) const { return *model_.tensors()->Get(static_cast<uint32_t>(index)); }
  const joint::Layer& Layer(int32_t index) const { return *model_.layers()->Get(static_cast<uint32_t>(index)); }

  Verdict CountUses() {
    LOCKSTEP_RETURN_IF_FAULT(report_.Take(uses_.Make(model_.tensors()->size(), "checking the groups of layers")));
    std::fill(uses_.begin(), uses_.end(), 0);
    for (const joint::Layer* layer : *model_.layers()) {
      for (const int32_t input : *layer->inputs()) ++uses_[input];
    }
    for (const joint::OutputSpec* output : *model_.outputs()) ++uses_[output->tensor()];
    for (size_t i = 0; i < roots_.size(); ++i) {
      const auto index = static_cast<int32_t>(i);
      if (tensor(index).constant() >= 0 || roots_[i] == index) continue;
      ++uses_[index];
      ++uses_[roots_[i]];
    }
    return Verdict::kPassed;
  }

  Verdict CheckGroup(uint32_t index, int32_t* next) {
    const joint::RowGroup& group = *rows_.groups()->Get(index);
    const auto layers = static_cast<int32_t>(model_.layers()->size());
    const int32_t first = group.first_layer();
    if (first < *next || group.layers() < 2 || group.layers() > joint::kMostRowGroupLayers ||
        first > layers - group.layers()) {
      return report_.Corrupt("row_plan.groups[%u]: %d layers from layer %d on are no group here", index, group.layers(),
                             first);
    }
    *next = first + group.layers();
    for (int32_t i = first; i < *next; ++i) {
      joint::RowWindow window;
      if (!RunsByRows(model_, Layer(i), &window)) {
        return report_.Corrupt("row_plan.groups[%u]: layer '%.64s' cannot run row by row", index,
                               Layer(i).name()->c_str());
      }
      if (i == first) continue;
      const int32_t between = Layer(i).inputs()->Get(0);
      if (between != Layer(i - 1).outputs()->Get(0) || uses_[between] != 1) {
        return report_.Corrupt("row_plan.groups[%u]: layer '%.64s' is not the only one that needs the output before it",
                               index, Layer(i).name()->c_str());
      }
      uses_[between] = kBetween;
    }
    return Verdict::kPassed;
  }

  Verdict CheckPlace(int32_t index) const {
    const int64_t place = PlaceIn(model_, &rows_, index);
    const bool none = tensor(index).constant() >= 0 || uses_[index] == kBetween;
    if (none || place < 0) {
      return none && place == -1 ? Verdict::kPassed : BadPlace(index, "-1 is for constants and within groups");
    }
    const int32_t root = roots_[index];
    if (PlaceIn(model_, &rows_, root) < 0) return BadPlace(root, "-1 is for constants and within groups");
    const int64_t within = tensor(index).arena_offset() - tensor(root).arena_offset();
    if (place - PlaceIn(model_, &rows_, root) != within)
      return BadPlace(index, "it lies elsewhere in another's memory");
    if (place % joint::ElementBytes(tensor(index).dtype()) != 0) return BadPlace(index, "not aligned to the elements");
    const uint64_t bytes = tensor(root).bytes();  // no part of it reaches further
    if (root == index && (bytes > rows_.arena_size() || static_cast<uint64_t>(place) > rows_.arena_size() - bytes)) {
      return BadPlace(index, "the tensor leaves the arena");
    }
    return Verdict::kPassed;
  }

  Verdict BadPlace(int32_t index, const char* what) const {
    return report_.Corrupt("row_plan.arena_offsets[%d] of tensor '%.64s': %s", index, tensor(index).name()->c_str(),
                           what);
  }

  const ModelCheck& check_;
  Report& report_;
  const joint::Model& model_;
  const Array<int32_t>& roots_;
  const joint::RowPlan& rows_;
  Array<int32_t> uses_;  // by tensor: layers' inputs, outputs of the model, tensors in its memory; or kBetween
};

}  // namespace

Verdict CheckRows(const ModelCheck& check, const Array<int32_t>& roots, const joint::RowPlan& rows) {
  return Rows(check, roots, rows).Check();
}

}  // namespace lockstep::check
