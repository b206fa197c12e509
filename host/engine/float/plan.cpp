#include "engine/float/plan.h"

#include <algorithm>
#include <cstring>

#include "engine/float/arena.h"

namespace lockstep::engine {

Plan::Plan() : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {}

ValueId Plan::AddConstant(const graph::Shape& shape, const float* data) {
  const ValueId id = AddValue(shape, kPlain);
  const size_t bytes = value(id).desc.get_size();
  Mutable(id).constant = AllocateFloats(bytes);
  std::memcpy(value(id).constant.get(), data, bytes);
  return id;
}

ValueId Plan::AddValue(const graph::Shape& shape, int block) {
  Value added;
  added.shape = shape;
  added.block = block;
  added.desc = Describe(shape, block);
  values_.push_back(std::move(added));
  return static_cast<ValueId>(values_.size()) - 1;
}

ValueId Plan::AddValue(const dnnl::memory::desc& desc) {
  Value added;
  added.shape = desc.dims();
  added.block = BlockOf(desc);
  added.desc = desc;
  values_.push_back(std::move(added));
  return static_cast<ValueId>(values_.size()) - 1;
}

ValueId Plan::AddView(ValueId of, const graph::Shape& shape, int block, int64_t offset_elements) {
  const ValueId id = AddValue(shape, block);
  Mutable(id).parent = of;
  Mutable(id).offset = static_cast<size_t>(offset_elements) * sizeof(float);
  return id;
}

ValueId Plan::AddView(ValueId of, const dnnl::memory::desc& desc) {
  const ValueId id = AddValue(desc);
  Mutable(id).parent = of;
  return id;
}

ValueId Plan::InLayout(ValueId id, int block) {
  if (value(id).block == block) return id;
  const ValueId result = InLayout(id, Describe(value(id).shape, block));
  Mutable(result).shape = value(id).shape;  // a scalar's description has a dimension more
  return result;
}

ValueId Plan::InLayout(ValueId id, const dnnl::memory::desc& desc) {
  if (value(id).desc == desc) return id;
  for (const ValueId other : value(id).reordered) {
    if (value(other).desc == desc) return other;
  }
  const ValueId result = AddValue(desc);
  const dnnl::reorder::primitive_desc reorder(engine_, value(id).desc, engine_, desc);
  AddPrimitive(dnnl::reorder(reorder), {{DNNL_ARG_FROM, id}}, result);
  Mutable(id).reordered.push_back(result);
  Mutable(result).reordered.push_back(id);
  return result;
}

std::pair<ValueId, size_t> Plan::Root(ValueId id) const {
  size_t offset = 0;
  while (value(id).parent != kNoValue) {
    offset += value(id).offset;
    id = value(id).parent;
  }
  return {id, offset};
}

void Plan::AddPrimitive(const dnnl::primitive& primitive, const std::vector<std::pair<int, ValueId>>& inputs,
                        ValueId output) {
  Step step;
  step.node = nodes_.size() - 1;
  step.primitive = primitive;
  for (const auto& [argument, id] : inputs) {
    step.input_arguments.push_back(argument);
    step.inputs.push_back(id);
  }
  step.output = output;
  AddStep(std::move(step));
}

void Plan::AddLoop(const std::vector<ValueId>& inputs, ValueId output, Loop loop) {
  Step step;
  step.inputs = inputs;
  step.output = output;
  step.loop = std::move(loop);
  AddStep(std::move(step));
}

void Plan::AddCopy(ValueId input, ValueId output, int64_t offset_elements) {
  const size_t bytes = value(input).desc.get_size();
  Step step;
  step.inputs = {input};
  step.output = output;
  step.output_offset = static_cast<size_t>(offset_elements) * sizeof(float);
  step.is_copy = true;
  step.loop = [bytes](const std::vector<const float*>& inputs, float* to) { std::memcpy(to, inputs[0], bytes); };
  steps_.push_back(std::move(step));
}

void Plan::AddWatch(const std::string& name, const graph::Shape& shape, ValueId id) {
  Step step;
  step.inputs = {id};
  step.watched = name;
  step.watched_shape = shape;
  steps_.push_back(std::move(step));
}

void Plan::AddStep(Step step) {
  const bool constant =
      std::all_of(step.inputs.begin(), step.inputs.end(), [this](ValueId id) { return IsConstant(id); });
  if (constant) {
    const ValueId root = Root(step.output).first;
    if (value(root).constant == nullptr) Mutable(root).constant = AllocateFloats(value(root).desc.get_size());
    Bind(step);
    Execute(step, nullptr);
    return;
  }
  steps_.push_back(std::move(step));
}

float* Plan::Address(ValueId id) const {
  const auto [root, offset] = Root(id);
  float* base = value(root).constant ? value(root).constant.get()
                                     : arena_.get() + arena_offset_[static_cast<size_t>(root)] / sizeof(float);
  return base + offset / sizeof(float);
}

void Plan::Bind(Step& step) {
  for (const ValueId id : step.inputs) step.input_data.push_back(Address(id));
  if (step.output != kNoValue) step.output_data = Address(step.output) + step.output_offset / sizeof(float);
  if (step.input_arguments.empty()) return;
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const ValueId id = step.inputs[i];
    step.arguments.emplace(step.input_arguments[i], dnnl::memory(value(id).desc, engine_, Address(id)));
  }
  step.arguments.emplace(DNNL_ARG_DST, dnnl::memory(value(step.output).desc, engine_, step.output_data));
}

void Plan::Execute(Step& step, const Watcher& watcher) {
  if (!step.arguments.empty()) {
    try {
      step.primitive.execute(stream_, step.arguments);
    } catch (const dnnl::error& error) {
      throw Refusal(error, step.node);
    }
  } else if (step.loop) {
    step.loop(step.input_data, step.output_data);
  } else if (watcher) {
    watcher(step.watched, step.watched_shape, step.input_data[0]);
  }
}

UnsupportedModel Plan::Refusal(const dnnl::error& error, size_t node) const {
  if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
  return UnsupportedModel(nodes_[node] +
                          ": the float engine cannot compute it with these attributes and shapes; cut the network in "
                          "front of it with --output-nodes");
}

// The source of a copy moves into the destination if nothing else is copied to the place that all of its memory takes:
// other parts of the same source may lie there at the same displacement (the halves of a split).
bool Plan::CanWriteInPlace(const Step& copy, size_t& displacement) const {
  const auto [root, offset] = Root(copy.inputs[0]);
  const auto [destination, destination_offset] = Root(copy.output);
  if (value(root).constant || root == destination) return false;
  const size_t begin = destination_offset + copy.output_offset;
  if (begin < offset) return false;
  displacement = begin - offset;
  const size_t end = displacement + value(root).desc.get_size();
  if (end > value(destination).desc.get_size()) return false;
  // What was moved there before is seen by its own copy, which is still in the list.
  for (const Step& other : steps_) {
    if (!other.is_copy || Root(other.output).first != destination) continue;
    const size_t other_begin = Root(other.output).second + other.output_offset;
    if (other_begin >= end || other_begin + value(other.inputs[0]).desc.get_size() <= displacement) continue;
    const auto [other_root, other_offset] = Root(other.inputs[0]);
    if (other_root != root || other_begin != displacement + other_offset) return false;
  }
  return true;
}

void Plan::RemoveCopies() {
  for (Step& step : steps_) {
    if (!step.is_copy) continue;
    const auto [root, offset] = Root(step.inputs[0]);
    const auto [destination, destination_offset] = Root(step.output);
    if (root == destination && offset == destination_offset + step.output_offset) {
      step.removed = true;  // moved there together with another part
      continue;
    }
    size_t displacement = 0;
    if (!CanWriteInPlace(step, displacement)) continue;
    Mutable(root).parent = destination;
    Mutable(root).offset = displacement;
    step.removed = true;
  }
  steps_.erase(std::remove_if(steps_.begin(), steps_.end(), [](const Step& step) { return step.removed; }),
               steps_.end());
}

void Plan::PlaceInArena(const std::vector<ValueId>& kept, Memory memory) {
  const int end = static_cast<int>(steps_.size());
  std::vector<ArenaBuffer> buffers(values_.size());
  for (ArenaBuffer& buffer : buffers) {
    buffer.first = end;
    buffer.last = -1;
  }
  const auto touch = [&](ValueId id, int first, int last) {
    const ValueId root = Root(id).first;
    if (value(root).constant) return;
    ArenaBuffer& buffer = buffers[static_cast<size_t>(root)];
    buffer.bytes = value(root).desc.get_size();
    buffer.first = std::min(buffer.first, first);
    buffer.last = std::max(buffer.last, last);
  };
  for (int i = 0; i < end; ++i) {
    const Step& step = steps_[static_cast<size_t>(i)];
    const int first = memory == Memory::kKeepAll ? -1 : i;
    const int last = memory == Memory::kKeepAll ? end : i;
    for (const ValueId id : step.inputs) touch(id, first, last);
    if (step.output != kNoValue) touch(step.output, first, last);
  }
  for (const ValueId id : kept) touch(id, -1, end);
  arena_bytes_ = PlaceBuffers(buffers);
  arena_ = AllocateFloats(arena_bytes_);
  std::memset(arena_.get(), 0, arena_bytes_);
  arena_offset_.resize(values_.size());
  for (size_t i = 0; i < values_.size(); ++i) arena_offset_[i] = buffers[i].offset;
}

void Plan::Finish(const std::vector<ValueId>& kept, Memory memory) {
  if (memory == Memory::kShare) RemoveCopies();
  PlaceInArena(kept, memory);
  std::vector<bool> used(values_.size(), false);
  for (Step& step : steps_) {
    Bind(step);
    for (const ValueId id : step.inputs) used[static_cast<size_t>(Root(id).first)] = true;
  }
  for (const ValueId id : kept) used[static_cast<size_t>(Root(id).first)] = true;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!used[i]) values_[i].constant.reset();  // weights that live on in another layout
  }
}

void Plan::Run(const Watcher& watcher) {
  for (Step& step : steps_) Execute(step, watcher);
  stream_.wait();
}

}  // namespace lockstep::engine
