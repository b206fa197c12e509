// What quantisation decides and lowering needs: the graph and, for its tensors and weighted nodes, integer parameters.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

// real = scale * (q - zero_point), q in [0, 2^bits - 1].
struct AffineParams {
  double scale = 1.0;
  int32_t zero_point = 0;
  int bits = 8;  // 2..8 stored as u8, 9..16 as u16

  int32_t high() const { return (1 << bits) - 1; }
};

inline bool operator==(const AffineParams& a, const AffineParams& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point && a.bits == b.bits;
}

// The integer weights of a Conv node: real = scale[oc] * q, ONNX order (oc, ic/group, kh, kw).
struct QuantizedWeights {
  std::vector<int8_t> values;
  std::vector<double> scales;  // per output channel
  std::vector<int32_t> bias;   // scale(x) * scales[oc]; always present, zeros without a bias
};

// How a picture becomes the input tensor: the deployer's words, and the source of InputSpec in the joint model.
struct InputPreprocess {
  enum class Color { kRgb, kBgr, kGray } color = Color::kRgb;
  enum class Resize { kLetterbox, kStretch, kNone } resize = Resize::kLetterbox;
  std::vector<float> mean{0.0F};  // per channel or one for all, in pixel units 0..255
  std::vector<float> std{255.0F};
  uint8_t pad_value = 114;
};

struct QuantizedGraph {
  graph::Graph graph;

  // Every tensor that a quantised layer reads or writes, and each `pre_activation` that has a table. Tensors missing
  // here are float: graph outputs that a Concat makes (it dequantises each input with that input's own parameters), and
  // views between such a Concat and the output. Any other graph output has an entry and is dequantised behind. Constant
  // operands of Add, Sub, Mul and Div have an entry too, for the constant as it stands in the graph. The graph input's
  // entry describes the tensor that the first layer reads; if pixels need a ChannelLookup to get there, lowering adds
  // it.
  std::map<graph::TensorId, AffineParams> activations;
  std::map<std::string, QuantizedWeights> weights;        // by node name: Conv
  std::map<graph::TensorId, InputPreprocess> preprocess;  // by graph input

  // Nodes that are computed in floats (policy.h). Their tensors keep their entries in `activations`: a quantised reader
  // of what they give takes it in that quantisation.
  std::set<std::string> float_nodes;

  std::string source_digest;       // md5 of the ONNX file, hex
  std::string calibration_digest;  // md5 over the calibration pictures, hex; empty without

  // What the user should know, one line each: weight scales that had to be enlarged.
  std::vector<std::string> notes;
};

}  // namespace lockstep::quantize
