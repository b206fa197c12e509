// The compiler's intermediate representation: a static-shape dataflow graph with ONNX semantics.
//
// Tensors are in ONNX order (images N,C,H,W), float32 or int64 (shape arithmetic). The graph is in single assignment: a
// tensor has one producer (a node, a graph input, or it is a constant). Nodes are kept in topological order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "graph/given_quantization.h"

namespace lockstep::graph {

using TensorId = int32_t;
inline constexpr TensorId kNoTensor = -1;  // an omitted optional input

enum class ElementType : uint8_t { kFloat, kInt64, kBool };

// ONNX's numbers of the three types, as Cast's attribute `to` and ConstantOfShape's `value_type` give them.
inline constexpr int64_t kOnnxFloat = 1;
inline constexpr int64_t kOnnxInt64 = 7;
inline constexpr int64_t kOnnxBool = 9;
// And those of narrow integers, which inputs may hold.
inline constexpr int64_t kOnnxUint8 = 2;
inline constexpr int64_t kOnnxInt8 = 3;
inline constexpr int64_t kOnnxUint16 = 4;
inline constexpr int64_t kOnnxInt16 = 5;
ElementType FromOnnxType(int64_t number);  // one of the three; the importer makes all others one of them
int64_t ToOnnxType(ElementType type);

const char* KindName(ElementType type);  // what a tensor holds: "floating point numbers", "integers", "truth values"

using Shape = std::vector<int64_t>;

// The shape of a tensor that shape inference could not determine, as behind an operator it does not know.
inline const Shape kUnknownShape{-1};
bool IsKnown(const Shape& shape);  // no negative dimension

int64_t ElementCount(const Shape& shape);  // of a known shape; saturates instead of overflowing
std::string ToString(const Shape& shape);  // "1x3x640x640", "scalar" for rank 0

// The value of a constant; the vector that belongs to the tensor's element type is filled (kBool uses `ints`).
struct ConstantData {
  std::vector<float> floats;
  std::vector<int64_t> ints;
};

struct Tensor {
  std::string name;  // unique; the ONNX name
  ElementType type = ElementType::kFloat;
  Shape shape;  // known after shape inference
  std::optional<ConstantData> constant;
  int64_t onnx_type = 0;  // of a graph input: ONNX's number of the type that the file declares; 0: not known
  std::optional<GivenScales> given_scales = std::nullopt;  // of a constant that a network gives in integers
};

using Attribute = std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                               std::vector<std::string>, ConstantData>;

// An elementwise function fused into its producer. The same formulas serve standalone unary nodes. The order is that of
// the table in activation.cpp.
enum class ActivationKind : uint8_t {
  kNone,
  kRelu,
  kClip,
  kLeakyRelu,
  kSigmoid,
  kSilu,
  kTanh,
  kHardSigmoid,
  kHardSwish,
  kElu,
  kGelu,
  kMish,
  kSoftplus,
  kExp,
  kAbs,
  kNeg,
  kSqrt,
  kReciprocal,
  kLog,
  kErf,
  kSin,
  kCos,
  kTan,
  kAsin,
  kAcos,
  kAtan,
  kSinh,
  kCosh,
  kAsinh,
  kAcosh,
  kAtanh,
  kSelu,
  kCelu,
  kThresholdedRelu,
  kSoftsign,
  kShrink,
  kSign,
  kFloor,
  kCeil,
  kRound,
  kGeluTanh,
  kPow,
  kIsBelow,
  kIsAtLeast,
  kIsEqual
};

struct Activation {
  ActivationKind kind = ActivationKind::kNone;
  // LeakyRelu, Elu, HardSigmoid, Selu, Celu, ThresholdedRelu: alpha; Clip: low; Shrink: lambd; Pow: the exponent;
  // IsBelow, IsAtLeast, IsEqual: what x is compared with.
  double alpha = 0.0;
  double beta = 0.0;  // HardSigmoid: beta; Clip: high; Selu: gamma; Shrink: bias
};

// ONNX's defaults for Selu.
inline constexpr float kSeluAlpha = 1.67326319217681884765625F;
inline constexpr float kSeluGamma = 1.05070102214813232421875F;

// What a function does between and beside the numbers.
enum class Behaviour : uint8_t {
  kContinuous,  // defined for every number
  kJumps,       // likewise, but near numbers may have values far apart
  kPartial,     // infinite or NaN for some numbers
};

// Infinite or NaN where the function is not defined.
double Evaluate(const Activation& activation, double x);
Behaviour BehaviourOf(ActivationKind kind);
const char* ActivationName(ActivationKind kind);  // "LeakyRelu"; the ONNX operator where there is one ("SiLU" is none)

struct Node {
  std::string op;    // ONNX operator: "Conv", "MaxPool", "Concat", "Split", "Sigmoid", ...
  std::string name;  // unique
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;  // every one a tensor
  std::map<std::string, Attribute> attributes;
  Activation activation;  // fused behind the node (Conv, Add, ...)
  TensorId pre_activation =
      kNoTensor;  // names the tensor before `activation`: shape and ONNX name, no producer, no consumer
  std::vector<std::string> onnx_nodes;  // the ONNX nodes that this node stands for

  // Attributes, or `fallback` if there is none. Throw BadInput naming the node if it has another type.
  int64_t Int(const std::string& key, int64_t fallback) const;
  float Float(const std::string& key, float fallback) const;
  std::string String(const std::string& key, const std::string& fallback) const;
  std::vector<int64_t> Ints(const std::string& key, const std::vector<int64_t>& fallback) const;
  std::vector<float> Floats(const std::string& key, const std::vector<float>& fallback) const;
  std::vector<std::string> Strings(const std::string& key, const std::vector<std::string>& fallback) const;
};

class Graph {
 public:
  std::string name;
  std::vector<Node> nodes;       // topological order
  std::vector<TensorId> inputs;  // without constants
  std::vector<TensorId> outputs;
  int64_t opset = 0;
  std::map<std::string, std::string> onnx_operators;  // of the ONNX nodes, by name, whatever became of them

  TensorId AddTensor(Tensor tensor);  // throws std::logic_error on a name that exists
  Tensor& tensor(TensorId id);
  const Tensor& tensor(TensorId id) const;
  int32_t tensor_count() const;
  TensorId Find(const std::string& name) const;  // kNoTensor if there is none
  std::string UniqueName(const std::string& stem) const;

  // The value of a constant integer tensor. Throws std::logic_error if it is none.
  const std::vector<int64_t>& Ints(TensorId id) const;

  // Index into `nodes` of the producer, -1 for inputs and constants. O(nodes); passes that need many use Uses().
  int32_t Producer(TensorId id) const;

 private:
  std::vector<Tensor> tensors_;
  std::map<std::string, TensorId> by_name_;
};

// What the unary operator of `node` computes (Sigmoid, LeakyRelu, Clip with constant limits, ...), kNone if the node is
// not an elementwise function of its first input.
Activation ActivationOf(const Graph& graph, const Node& node);

// Whether a graph input of four axes is N,H,W,C: a Transpose alone reads it and makes it N,C,H,W, or only its last axis
// can be a picture's channels.
bool IsChannelsLast(const Graph& graph, TensorId input);

// Who produces and who consumes every tensor; a snapshot, invalid once the graph changes. Throws std::logic_error if a
// tensor has two producers.
struct Uses {
  std::vector<int32_t> producer;                // node index or -1
  std::vector<std::vector<int32_t>> consumers;  // node indices, in order
  std::vector<bool> is_output;
  explicit Uses(const Graph& graph);
};

// Reorders nodes topologically and drops nodes that no output needs. Throws std::logic_error on a cycle.
void SortAndPrune(Graph& graph);

}  // namespace lockstep::graph
