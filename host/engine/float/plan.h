// What the engine does on every run: values in memory and the steps that compute them, planned once.
//
// Builders create values and steps in execution order; Finish then removes copies into concatenations by letting the
// producer write there, lays all values out in one arena by their lifetimes, and binds every step to addresses.
#pragma once

#include <dnnl.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/float/layout.h"
#include "graph/error.h"
#include "graph/graph.h"

namespace lockstep::engine {

using ValueId = int;
inline constexpr ValueId kNoValue = -1;

struct Value {
  graph::Shape shape;
  int block = kPlain;
  dnnl::memory::desc desc;
  ValueId parent = kNoValue;  // the value whose memory this one is part of
  size_t offset = 0;          // in bytes, within the parent
  std::shared_ptr<float> constant;
  std::vector<ValueId> reordered;  // the same tensor in other layouts
};

using Loop = std::function<void(const std::vector<const float*>& inputs, float* output)>;
// Called with a value that somebody wants to see.
using Watcher = std::function<void(const std::string& name, const graph::Shape& shape, const float* data)>;

class Plan {
 public:
  Plan();

  // The steps and constants from here on are of `node`, which messages name: "node 'a' (Conv) of shape 1x8x4x4".
  void BeginNode(const std::string& node) { nodes_.push_back(node); }
  // What is to be thrown where oneDNN cannot do a step of the node that was begun last. Throws std::bad_alloc itself.
  UnsupportedModel Refusal(const dnnl::error& error) const { return Refusal(error, nodes_.size() - 1); }

  const dnnl::engine& engine() const { return engine_; }
  const Value& value(ValueId id) const { return values_[static_cast<size_t>(id)]; }
  bool IsConstant(ValueId id) const { return value(Root(id).first).constant != nullptr; }

  ValueId AddConstant(const graph::Shape& shape, const float* data);  // copies the data
  ValueId AddValue(const graph::Shape& shape, int block);
  ValueId AddValue(const dnnl::memory::desc& desc);
  // The same bytes, or a contiguous part of them, under another shape.
  ValueId AddView(ValueId of, const graph::Shape& shape, int block, int64_t offset_elements = 0);
  ValueId AddView(ValueId of, const dnnl::memory::desc& desc);

  // The same tensor in another layout; reorders once, however often it is asked.
  ValueId InLayout(ValueId id, int block);
  ValueId InLayout(ValueId id, const dnnl::memory::desc& desc);

  // A step whose inputs are all constant runs at once and makes a constant.
  void AddPrimitive(const dnnl::primitive& primitive, const std::vector<std::pair<int, ValueId>>& inputs,
                    ValueId output);
  void AddLoop(const std::vector<ValueId>& inputs, ValueId output, Loop loop);
  // Copies a whole value to a place within `output`, or lets its producer write there.
  void AddCopy(ValueId input, ValueId output, int64_t offset_elements);
  void AddWatch(const std::string& name, const graph::Shape& shape, ValueId value);

  // `kept` (the graph's inputs and outputs) keep their memory during the whole run; with kKeepAll every value does, and
  // none is part of another that is computed elsewhere.
  enum class Memory { kShare, kKeepAll };
  void Finish(const std::vector<ValueId>& kept, Memory memory = Memory::kShare);
  // Throws UnsupportedModel naming the node that oneDNN fails to compute.
  void Run(const Watcher& watcher);
  float* Address(ValueId id) const;

  // Of a plan that keeps all values (plan_behind.cpp). `id` owns its memory.
  // Computes what depends on these values as if they were others, given in plain layout; the values of the last Run
  // stay beside it.
  void RunBehind(const std::vector<std::pair<ValueId, const float*>>& replaced);
  // In plain layout, of the last Run or of the last RunBehind.
  std::vector<float> Read(ValueId id);
  std::vector<float> ReadBehind(ValueId id);
  // Whether writing to the value changes nothing but what is computed from it.
  bool IsAlone(ValueId id) const { return value(id).parent == kNoValue && value(id).reordered.empty(); }
  size_t arena_bytes() const { return arena_bytes_; }

 private:
  struct Step {
    std::vector<ValueId> inputs;
    ValueId output = kNoValue;
    size_t output_offset = 0;  // of a copy, in bytes
    bool is_copy = false;
    bool removed = false;
    dnnl::primitive primitive;         // either a primitive
    std::vector<int> input_arguments;  // and its arguments,
    std::unordered_map<int, dnnl::memory> arguments;
    Loop loop;  // or a loop,
    std::vector<const float*> input_data;
    float* output_data = nullptr;
    size_t node = 0;
    std::string watched;  // or a value to be shown
    graph::Shape watched_shape;
  };

  UnsupportedModel Refusal(const dnnl::error& error, size_t node) const;
  Value& Mutable(ValueId id) { return values_[static_cast<size_t>(id)]; }
  std::pair<ValueId, size_t> Root(ValueId id) const;  // the owner of the memory, and the offset in it
  void AddStep(Step step);
  void Bind(Step& step);
  void Execute(Step& step, const Watcher& watcher);
  void RemoveCopies();
  bool CanWriteInPlace(const Step& copy, size_t& displacement) const;
  void PlaceInArena(const std::vector<ValueId>& kept, Memory memory);
  float* AddressBehind(ValueId id) const;
  bool IsChanged(ValueId id) const { return changed_[static_cast<size_t>(Root(id).first)]; }
  void MarkChanged(ValueId id, bool in_part);  // the other parts stay as they are
  void ExecuteBehind(Step& step);
  std::vector<float> ReadAt(ValueId id, float* address);

  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<Value> values_;
  std::vector<Step> steps_;
  std::vector<std::string> nodes_ = {"the network"};
  std::vector<size_t> arena_offset_;  // per value, of roots
  std::shared_ptr<float> arena_;
  size_t arena_bytes_ = 0;
  std::shared_ptr<float> behind_;  // the arena of RunBehind; values that did not change are in the other
  std::vector<bool> changed_;      // by root: it is in `behind_`
};

}  // namespace lockstep::engine
