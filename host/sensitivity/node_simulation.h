// One node computed in floats with the roundings of its integer layer: quantised weights and bias, levels in front of
// its table and of its output.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/float/float_engine.h"
#include "quantize/quantized_graph.h"

namespace lockstep::sensitivity {

// Which of a node's numbers are rounded: all, its weights and bias, its activations or one kind of them: what is in
// front of its table, what it gives.
enum class Part { kNode, kWeights, kActivations, kTableInput, kOutput };

// "node", "weights", "activations", "table_input", "output"; throws UsageError with the nearest name.
Part ParsePart(const std::string& text);
const char* ToText(Part part);

using Tensors = std::map<std::string, engine::FloatTensor>;

// To the nearest level of `format`, which has some, clamped, and back.
void RoundToLevels(engine::FloatTensor& tensor, const quantize::TensorFormat& format);

class NodeSimulation {
 public:
  // Whether there is anything to round: what only moves elements has the levels of what it moves.
  static bool Exists(const quantize::QuantizedGraph& quantized, const graph::Node& node, Part part);

  // What the float network must be asked for: the node is computed where its weights are rounded alone.
  enum class Needs { kInputs, kPreActivation, kOutputs };

  // `threads` of the float engine. The graph must outlive this.
  NodeSimulation(const quantize::QuantizedGraph& quantized, const graph::Node& node, Part part, int threads);

  Needs needs() const { return needs_; }
  // The tensors of the float network that Run takes: the node's inputs that are not constant, the value in front of its
  // table, or its outputs.
  const std::vector<std::string>& reads() const { return reads_; }
  // The node's outputs, by name, from these.
  Tensors Run(Tensors given);

 private:
  void PlanNode(int threads);
  void LookUp(engine::FloatTensor& tensor) const;

  const quantize::QuantizedGraph& quantized_;
  const graph::Node& node_;
  Part part_;
  Needs needs_ = Needs::kInputs;
  bool through_table_ = false;
  // By level in front of the table the value behind it: one table, or one for each channel.
  std::vector<std::vector<double>> tables_;
  std::vector<std::string> reads_;
  std::unique_ptr<engine::FloatEngine> engine_;  // of kInputs
};

}  // namespace lockstep::sensitivity
