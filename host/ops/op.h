// An ONNX operator as the host knows it. Each is a constant in its own file and a row of the table (op_table.h), from
// which everything that asks "which operators ..." gets its answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "graph/graph.h"
#include "ops/infer_context.h"
#include "ops/value.h"

namespace lockstep::ops {

// How many inputs and outputs a node may have. The first `least` inputs may not be omitted.
struct Arity {
  size_t least = 1;
  size_t most = 1;
  size_t outputs = 1;  // at most
};
inline constexpr size_t kAnyNumber = static_cast<size_t>(-1);

// Types and shapes of the outputs, by the only geometry there is; checks every attribute.
using InferFunction = void (*)(InferContext&);
// Brings a node with known shapes into the normal form (optimize.h); true if that changed anything.
using NormalizeFunction = bool (*)(graph::Graph&, graph::Node&);
// The outputs in plain loops: folds constants, and runs in the float engine where oneDNN has nothing.
using EvaluateFunction = Results (*)(const Call&);
// Why a node in normal form cannot be compiled; empty if it can. Shapes of inputs and outputs are known.
using UnsupportedFunction = std::string (*)(const graph::Graph&, const graph::Node&);

// How an operator is evaluated, or why it is not.
struct Evaluation {
  constexpr Evaluation(EvaluateFunction by) : function(by) {}              // NOLINT(google-explicit-constructor)
  constexpr Evaluation(const char* because) : missing_because(because) {}  // NOLINT(google-explicit-constructor)
  constexpr Evaluation(std::nullptr_t) = delete;

  EvaluateFunction function = nullptr;
  const char* missing_because = nullptr;
};

// Which nodes lowering lays out alike.
enum class LayoutKind : uint8_t {
  kUnsupported,  // no layer does it
  kWindow,       // images
  kBinary,       // two tensors, element by element
  kConcat,
  kReshape,
  kTranspose,
  kSoftmax,
  kUnary,  // functions of one element
  kSlice,
  kSplit,
  kSampled,    // images, with the second input as ONNX has it
  kReduce,     // the input's order, without the attribute's axes where keepdims is 0
  kOnnxOrder,  // every input and output as ONNX has it, each with its own rank
};

// An output's range that follows from the operator.
enum class FixedRange : uint8_t {
  kNone,       // it is observed
  kZeroToOne,  // both ends are levels: a certain detection stays certain
  kBelowOne,   // 0 to 1 without its end, the scale a power of two
};

struct QuantizationTraits {
  bool view = false;                                    // copies elements and computes nothing
  bool shares_scale = false;                            // the output's elements are elements of the first input
  bool (*sharing_nodes)(const graph::Node&) = nullptr;  // which nodes' are; null: all
  bool arithmetic = false;  // float constants among its operands take part in the computation
  // The operands that are worth 16 bits whatever the others have (places in an image, boxes): so many from the first.
  int first_wide = 0;
  int wide_count = 0;
  bool in_floats = false;  // always computes in floats
  int indices = -1;  // the output that holds positions in the first input, integers without a scale; -1 if none does
  FixedRange range = FixedRange::kNone;
  int weights = -1;      // the operand that holds weights, -1 if none does
  int weights_axis = 0;  // its axis of output channels
  // The operand that is added, per output channel, to the sums of products of the weights; -1: no sums are made.
  int bias = -1;
  // The weights' axis of input channels (of a group), where every output element meets every weight of its channel: the
  // bias can make up for what rounding the weights adds on the average. -1: not so.
  int weights_input_axis = -1;
};

struct Op {
  // How a node becomes a layer: `kind`, unless `reason` says why it cannot.
  constexpr Op(Arity of, InferFunction shapes, Evaluation by, LayoutKind kind, UnsupportedFunction reason)
      : arity(of), infer(shapes), evaluation(by), layout(kind), unsupported(reason) {}
  // Nothing of these may be left out.
  Op(Arity, std::nullptr_t, Evaluation, LayoutKind, UnsupportedFunction) = delete;
  Op(Arity, InferFunction, Evaluation, LayoutKind, std::nullptr_t) = delete;

  constexpr Op Normal(NormalizeFunction by) const {
    Op op = *this;
    op.normalize = by;
    return op;
  }
  // What it computes depends on the inputs' shapes alone.
  constexpr Op OfShapes() const {
    Op op = *this;
    op.of_shapes = true;
    return op;
  }
  // The compiler writes it; ONNX has no operator of its name.
  constexpr Op Own() const {
    Op op = *this;
    op.own = true;
    return op;
  }
  constexpr Op View() const {
    Op op = *this;
    op.quantization.view = true;
    op.quantization.shares_scale = true;
    return op;
  }
  constexpr Op SharesScale(bool (*nodes)(const graph::Node&) = nullptr) const {
    Op op = *this;
    op.quantization.shares_scale = true;
    op.quantization.sharing_nodes = nodes;
    return op;
  }
  constexpr Op Indices(int output) const {
    Op op = *this;
    op.quantization.indices = output;
    return op;
  }
  constexpr Op Wide(int first, int count = 1) const {
    Op op = *this;
    op.quantization.first_wide = first;
    op.quantization.wide_count = count;
    return op;
  }
  constexpr Op InFloats() const {
    Op op = *this;
    op.quantization.in_floats = true;
    return op;
  }
  // Why its output has no shape before a run, of a node for which the normal form has none either.
  constexpr Op Unshaped(UnsupportedFunction because) const {
    Op op = *this;
    op.unshaped = because;
    return op;
  }
  constexpr Op Arithmetic() const {
    Op op = *this;
    op.quantization.arithmetic = true;
    return op;
  }
  constexpr Op Range(FixedRange range) const {
    Op op = *this;
    op.quantization.range = range;
    return op;
  }
  constexpr Op Weights(int operand, int axis) const {
    Op op = *this;
    op.quantization.weights = operand;
    op.quantization.weights_axis = axis;
    return op;
  }
  constexpr Op Bias(int operand, int weights_input_axis = -1) const {
    Op op = *this;
    op.quantization.bias = operand;
    op.quantization.weights_input_axis = weights_input_axis;
    return op;
  }

  Arity arity;
  InferFunction infer;
  Evaluation evaluation;
  LayoutKind layout;
  UnsupportedFunction unsupported;
  NormalizeFunction normalize = nullptr;   // null: as ONNX has it
  UnsupportedFunction unshaped = nullptr;  // as `unsupported`, of nodes whose output's shape is not known; may be null
  bool of_shapes = false;
  bool own = false;
  QuantizationTraits quantization;
};

// For `unsupported`: every node that passed `infer` can be compiled; none can, whatever its attributes say.
std::string Supported(const graph::Graph& graph, const graph::Node& node);
std::string NotSupported(const graph::Graph& graph, const graph::Node& node);

// Why `unsupported` refuses, where several operators have the same reasons.
std::string ImageOnly(const graph::Graph& graph, graph::TensorId id);
bool AllFinite(const graph::Graph& graph, graph::TensorId constant);
// Of a node with the inputs image, weights, and bias or none.
std::string ImageAndConstantWeights(const graph::Graph& graph, const graph::Node& node);

// Has the node this input?
bool HasInput(const graph::Node& node, size_t input);

// Set an attribute or a constant input of integers; true if that changed anything.
bool SetAttribute(graph::Node& node, const char* key, const graph::Attribute& value);
bool SetInts(graph::Graph& graph, graph::Node& node, size_t input, const char* key, const std::vector<int64_t>& values);
// Attribute `axis` counted from the front.
bool NormalizeAxis(const graph::Graph& graph, graph::Node& node, int64_t fallback);

// For `infer`: the output is like the first input, and the node has no attributes to check.
void InferSame(InferContext& context);

}  // namespace lockstep::ops
