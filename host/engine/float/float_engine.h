// Runs a graph in float32 on this PC with oneDNN: the ground truth for accuracy.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::engine {

// Float values in ONNX order, row major; of a tensor of integers (positions) these, which are exact up to 2^24.
struct FloatTensor {
  graph::Shape shape;
  std::vector<float> data;
};

struct FloatEngineOptions {
  int threads = 0;  // 0: all cores
  // Tensors whose values are wanted (graph outputs always are). They may be inside what the engine would fuse, and may
  // be a node's `pre_activation`; the engine fuses less for their sake. Unknown names throw UsageError with the nearest
  // name.
  std::set<std::string> observed;
  bool observe_all = false;  // every tensor of the graph but the constants, pre-activations included
  // Observed tensors may come in any order of their elements: for histograms, without the cost of putting them in
  // order.
  bool any_order = false;
  // Every observed tensor stays in memory after a run, for Value and RunBehind; an observer is not called.
  bool keep_values = false;
};

// Called as soon as a wanted tensor is computed, in execution order. `data` is valid during the call alone; it holds
// exactly the elements of `shape`, in ONNX order unless `any_order` was asked for.
using FloatObserver = std::function<void(const std::string& name, const graph::Shape& shape, const float* data)>;

// Whether one plan can run the graph: every shape is known, and integers are nothing but positions that are handed on.
// What does not fit runs node by node (node_by_node.h).
bool FitsPlan(const graph::Graph& graph);

// Belongs to the thread that made it, which alone may run and destroy it: oneDNN keeps the working memory of a thread's
// primitives with that thread.
class FloatEngine {
 public:
  // The graph is copied as far as needed. Throws UnsupportedModel naming every node that cannot be run.
  FloatEngine(const graph::Graph& graph, const FloatEngineOptions& options);
  ~FloatEngine();
  FloatEngine(FloatEngine&&) noexcept;

  // Inputs by name in ONNX order; a wrong name or size throws UsageError. Returns the graph's outputs by name.
  std::map<std::string, FloatTensor> Run(const std::map<std::string, FloatTensor>& inputs,
                                         const FloatObserver& observer = nullptr);

  // With `keep_values`: an observed tensor as the last Run computed it.
  FloatTensor Value(const std::string& observed) const;
  // With `keep_values`: the outputs as if the observed tensors in `replaced` had these values (ONNX order) in the last
  // Run. Only what depends on them is computed again, and what the last Run left stays as it is.
  std::map<std::string, FloatTensor> RunBehind(const std::map<std::string, FloatTensor>& replaced);

  // In which order an observed tensor is shown: 1 is ONNX order, b > 1 (with `any_order` alone) the order
  // N, C/b, spatial.., b, with b channels side by side.
  int ChannelBlock(const std::string& observed) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep::engine
