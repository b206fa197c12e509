// Partial runs: what lies behind a changed value is computed again, into an arena of its own.
#include <algorithm>
#include <cassert>
#include <cstring>

#include "engine/float/arena.h"
#include "engine/float/plan.h"

namespace lockstep::engine {

float* Plan::AddressBehind(ValueId id) const {
  const auto [root, offset] = Root(id);
  if (!changed_[static_cast<size_t>(root)]) return Address(id);
  return behind_.get() + (arena_offset_[static_cast<size_t>(root)] + offset) / sizeof(float);
}

void Plan::MarkChanged(ValueId id, bool in_part) {
  const ValueId root = Root(id).first;
  if (changed_[static_cast<size_t>(root)]) return;
  changed_[static_cast<size_t>(root)] = true;
  if (in_part) std::memcpy(AddressBehind(root), Address(root), value(root).desc.get_size());
}

void Plan::ExecuteBehind(Step& step) {
  Step there;
  there.inputs = step.inputs;
  there.output = step.output;
  there.primitive = step.primitive;
  there.input_arguments = step.input_arguments;
  there.loop = step.loop;
  there.node = step.node;
  for (const ValueId id : step.inputs) there.input_data.push_back(AddressBehind(id));
  there.output_data = AddressBehind(step.output) + step.output_offset / sizeof(float);
  for (size_t i = 0; i < step.input_arguments.size(); ++i) {
    const ValueId id = step.inputs[i];
    there.arguments.emplace(step.input_arguments[i], dnnl::memory(value(id).desc, engine_, AddressBehind(id)));
  }
  if (!step.input_arguments.empty()) {
    there.arguments.emplace(DNNL_ARG_DST, dnnl::memory(value(step.output).desc, engine_, there.output_data));
  }
  Execute(there, nullptr);
}

void Plan::RunBehind(const std::vector<std::pair<ValueId, const float*>>& replaced) {
  if (!behind_) {
    behind_ = AllocateFloats(arena_bytes_);
    std::memset(behind_.get(), 0, arena_bytes_);
  }
  changed_.assign(values_.size(), false);
  std::vector<bool> given(values_.size(), false);
  for (const auto& [id, data] : replaced) {
    assert(value(id).parent == kNoValue && !IsConstant(id));
    MarkChanged(id, false);
    given[static_cast<size_t>(id)] = true;
    dnnl::memory from(Describe(value(id).shape, kPlain), engine_, const_cast<float*>(data));
    dnnl::memory to(value(id).desc, engine_, AddressBehind(id));
    dnnl::reorder(from, to).execute(stream_, from, to);
  }
  for (Step& step : steps_) {
    if (step.output == kNoValue || given[static_cast<size_t>(Root(step.output).first)]) continue;  // a watch; replaced
    if (std::none_of(step.inputs.begin(), step.inputs.end(), [this](ValueId id) { return IsChanged(id); })) continue;
    MarkChanged(step.output, step.is_copy);
    ExecuteBehind(step);
  }
  stream_.wait();
}

std::vector<float> Plan::ReadAt(ValueId id, float* address) {
  std::vector<float> values(static_cast<size_t>(graph::ElementCount(value(id).shape)));
  dnnl::memory from(value(id).desc, engine_, address);
  dnnl::memory to(Describe(value(id).shape, kPlain), engine_, values.data());
  dnnl::reorder(from, to).execute(stream_, from, to);
  stream_.wait();
  return values;
}

std::vector<float> Plan::Read(ValueId id) { return ReadAt(id, Address(id)); }

std::vector<float> Plan::ReadBehind(ValueId id) { return ReadAt(id, AddressBehind(id)); }

}  // namespace lockstep::engine
