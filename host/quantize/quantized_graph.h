// What quantisation decides and lowering needs: the graph, the format of every tensor, and integer weights.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "quantize/tensor_format.h"
#include "quantize/weight_scale.h"

namespace lockstep::quantize {

// The integers of a constant operand, in ONNX order and within `format`.
struct QuantizedWeights {
  TensorFormat format;
  std::vector<int16_t> values;
  // Of an operator that sums products (Conv): its bias in units of scale(x) * scale(channel), one for each channel;
  // always present, zeros without a bias. Empty for other operators.
  std::vector<int64_t> bias;
  WeightRangeKind range = WeightRangeKind::kMse;  // how the scales were chosen
  bool per_tensor = false;                        // one of them was asked for

  const std::vector<double>& scales() const { return format.scales; }
};

// A node by name and the index of its operand.
using OperandKey = std::pair<std::string, size_t>;

// What an input holds, and how a picture becomes it: the deployer's words, and the source of InputSpec in the joint
// model. Of plain tensors, real = (value - mean) / std of an integer.
struct InputPreprocess {
  enum class Type { kPicture, kU8, kS8, kU16, kS16, kF32 } type = Type::kPicture;
  enum class Color { kRgb, kBgr, kGray } color = Color::kRgb;
  enum class Resize { kLetterbox, kStretch, kNone } resize = Resize::kLetterbox;
  std::vector<float> mean{0.0F};  // per channel or one for all, in pixel units 0..255
  std::vector<float> std{255.0F};
  uint8_t pad_value = 114;
};

// How an output of the network is given.
struct OutputForm {
  bool raw = false;       // as the last layer computes it, not dequantised
  bool physical = false;  // with its axes in the order of memory, not in that of ONNX
};

// How a node with integer weights reads an input of more than 8 bits: as it is; as two 8-bit parts, of which each has a
// layer, and whose results are added; or its high part alone.
enum class InputParts : uint8_t { kWhole, kHighAndLow, kHigh };

struct QuantizedGraph {
  graph::Graph graph;

  // Of every tensor that a layer reads or writes: inputs, outputs of nodes, each `pre_activation` that has a layer of
  // its own, constant operands that are not in `weights`. A node computes in floats if its output is F32: it reads what
  // is quantised dequantised. The graph input's entry describes the tensor that the first layer reads; what the pixels
  // or numbers need to get there, lowering adds. Graph outputs are delivered as `outputs` says.
  std::map<graph::TensorId, TensorFormat> formats;
  // In which format nodes that compute in integers read a tensor that is F32.
  std::map<graph::TensorId, TensorFormat> reads;
  std::map<OperandKey, QuantizedWeights> weights;
  std::map<std::string, InputParts> input_parts;  // by node; kWhole without
  std::vector<bool> floats;                       // by node: it was chosen to compute in floats; empty: none was
  // How the range of an integer tensor was chosen: an observer's name, or "input", "operator" (it follows from that),
  // "table" (least error behind a fused function). Empty where a calibration file gave the ranges.
  std::map<graph::TensorId, std::string> range_sources;
  std::map<graph::TensorId, InputPreprocess> preprocess;  // by graph input
  std::map<graph::TensorId, OutputForm> outputs;          // by graph output; floats in ONNX order without

  std::string source_digest;       // md5 of the ONNX file, hex
  std::string calibration_digest;  // md5 over the calibration pictures, hex; empty without

  // What the user should know, one line each: weight scales that had to be enlarged.
  std::vector<std::string> notes;
};

// What nodes that compute in integers read of it.
inline const TensorFormat& ReadFormat(const QuantizedGraph& quantized, graph::TensorId id) {
  const auto read = quantized.reads.find(id);
  return read != quantized.reads.end() ? read->second : quantized.formats.at(id);
}

}  // namespace lockstep::quantize
