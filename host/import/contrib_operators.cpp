// The definitions are those of ONNX Runtime's docs/ContribOperators.md.
#include "import/contrib_operators.h"

#include <map>
#include <string>
#include <vector>

#include "import/function_body.h"
#include "import/opset_meaning.h"

namespace lockstep::importer {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using Names = std::vector<std::string>;
using Body = FunctionBody;

// ---- Functions behind a node ----

// The activation that a fused node has behind it; false for one that is not known here.
bool AddActivation(Body& body, const std::string& x, const std::vector<float>& params) {
  const AttributeProto* found = body.Find("activation");
  const std::string name = found != nullptr ? found->s() : "";
  const auto param = [&](size_t i, float fallback) { return i < params.size() ? params[i] : fallback; };
  if (name.empty()) {
    body.Add("Identity", {x}, body.Out(0));
  } else if (name == "Relu" || name == "Tanh" || name == "Sigmoid") {
    body.Add(name, {x}, body.Out(0));
  } else if (name == "LeakyRelu") {
    body.Add(name, {x}, body.Out(0));
    body.Set("alpha", param(0, 0.01F));
  } else if (name == "HardSigmoid") {
    body.Add(name, {x}, body.Out(0));
    body.Set("alpha", param(0, 0.2F));
    body.Set("beta", param(1, 0.5F));
  } else if (name == "Clip" && params.size() >= 2) {
    const std::string low = body.Number(params[0]);
    body.Add(name, {x, low, body.Number(params[1])}, body.Out(0));
  } else {
    return false;
  }
  return true;
}

bool FusedConv(Body& body) {
  std::string y = body.Add("Conv", {body.In(0), body.In(1), body.In(2)});
  body.CopyAttributes({"activation", "activation_params"});
  if (!body.In(3).empty()) y = body.Add("Add", {y, body.In(3)});
  const AttributeProto* params = body.Find("activation_params");
  return AddActivation(
      body, y,
      params == nullptr ? std::vector<float>{} : std::vector<float>{params->floats().begin(), params->floats().end()});
}

bool FusedGemm(Body& body) {
  const std::string y = body.Add("Gemm", {body.In(0), body.In(1), body.In(2)});
  body.CopyAttributes({"activation", "activation_alpha", "activation_beta", "activation_gamma"});
  std::vector<float> params;
  for (const char* key : {"activation_alpha", "activation_beta"}) {
    if (const AttributeProto* found = body.Find(key)) params.push_back(found->f());
  }
  return AddActivation(body, y, params);
}

// Gelu, FastGelu and BiasGelu: a bias, and the function by erf or by tanh.
bool GeluBy(Body& body, const char* approximate) {
  const std::string x = body.In(1).empty() ? body.In(0) : body.Add("Add", {body.In(0), body.In(1)});
  body.Add("Gelu", {x}, body.Out(0));
  body.Set("approximate", std::string(approximate));
  return true;
}
bool ExactGelu(Body& body) { return GeluBy(body, "none"); }
bool FastGelu(Body& body) { return GeluBy(body, "tanh"); }

bool QuickGelu(Body& body) {
  const std::string scaled = body.Add("Mul", {body.In(0), body.Number(body.Float("alpha", 1.702F))});
  body.Add("Mul", {body.In(0), body.Add("Sigmoid", {scaled})}, body.Out(0));
  return true;
}

// ---- Normalisations ----

bool LayerNormalization(Body& body) {
  body.Add("LayerNormalization", {body.In(0), body.In(1), body.In(2)}, body.Out(0));
  body.CopyAttributes();
  return true;
}

// x / sqrt(mean(x^2) + epsilon) * scale along the last axis.
void AddRmsNormalization(Body& body, const std::string& x, const std::string& scale, float epsilon) {
  const std::string squares = body.Add("Mul", {x, x});
  const std::string mean = body.Add("ReduceMean", {squares});
  body.SetList("axes", {-1});
  body.Set("keepdims", int64_t{1});
  const std::string sum = body.Add("Add", {mean, body.Number(epsilon)});
  const std::string normal = body.Add("Div", {x, body.Add("Sqrt", {sum})});
  body.Add("Mul", {normal, scale}, body.Out(0));
}

bool SimplifiedLayerNormalization(Body& body) {
  if (body.Int("axis", -1) != -1 || !body.Out(1).empty()) return false;
  AddRmsNormalization(body, body.In(0), body.In(1), body.Float("epsilon", 1e-5F));
  return true;
}

// What both skipping normalisations normalise: input and skip, and a bias; it may be an output itself.
bool AddSkip(Body& body, int bias, std::string* sum) {
  if (!body.Out(1).empty() || !body.Out(2).empty()) return false;
  const bool biased = !body.In(bias).empty();
  *sum = body.Add("Add", {body.In(0), body.In(1)}, biased ? "" : body.Out(3));
  if (biased) *sum = body.Add("Add", {*sum, body.In(bias)}, body.Out(3));
  return true;
}

bool SkipLayerNormalization(Body& body) {
  std::string sum;
  if (!AddSkip(body, 4, &sum)) return false;
  body.Add("LayerNormalization", {sum, body.In(2), body.In(3)}, body.Out(0));
  body.Set("axis", int64_t{-1});
  body.Set("epsilon", body.Float("epsilon", 1e-12F));
  return true;
}

bool SkipSimplifiedLayerNormalization(Body& body) {
  std::string sum;
  if (!AddSkip(body, 3, &sum)) return false;
  AddRmsNormalization(body, sum, body.In(2), body.Float("epsilon", 1e-12F));
  return true;
}

// ---- Quantised operators: floats between levels ----

std::string Dequantized(Body& body, int first) {
  return body.Add("DequantizeLinear", {body.In(first), body.In(first + 1), body.In(first + 2)});
}

void Quantize(Body& body, const std::string& x, int scale) {
  body.Add("QuantizeLinear", {x, body.In(scale), body.In(scale + 1)}, body.Out(0));
}

// ONNX has them for 16 bits from opset 21 on; these are the same.
bool Same(Body& body, const char* op) {
  Names inputs{body.In(0), body.In(1)};
  if (!body.In(2).empty()) inputs.push_back(body.In(2));
  body.Add(op, inputs, body.Out(0));
  body.CopyAttributes();
  return true;
}
bool DequantizeLinear(Body& body) { return Same(body, "DequantizeLinear"); }
bool QuantizeLinear(Body& body) { return Same(body, "QuantizeLinear"); }

bool QLinearBinary(Body& body, const char* op) {
  const std::string a = Dequantized(body, 0);
  Quantize(body, body.Add(op, {a, Dequantized(body, 3)}), 6);
  return true;
}
bool QLinearAdd(Body& body) { return QLinearBinary(body, "Add"); }
bool QLinearMul(Body& body) { return QLinearBinary(body, "Mul"); }

bool QLinearUnary(Body& body, const char* op, const Names& without = {}) {
  const std::string y = body.Add(op, {Dequantized(body, 0)});
  body.CopyAttributes(without);
  Quantize(body, y, 3);
  return true;
}
bool QLinearSigmoid(Body& body) { return QLinearUnary(body, "Sigmoid"); }
bool QLinearLeakyRelu(Body& body) { return QLinearUnary(body, "LeakyRelu"); }
bool QLinearSoftmax(Body& body) {
  body.SetOpset(body.Int("opset", kFirstOpsetOfOneAxis));
  return QLinearUnary(body, "Softmax", {"opset"});
}
bool QLinearAveragePool(Body& body) {
  return body.Int("channels_last", 0) == 0 && QLinearUnary(body, "AveragePool", {"channels_last"});
}
bool QLinearGlobalAveragePool(Body& body) {
  return body.Int("channels_last", 0) == 0 && QLinearUnary(body, "GlobalAveragePool", {"channels_last"});
}

// Inputs: scale and zero point of the output, then three of each part.
bool QLinearConcat(Body& body) {
  Names parts;
  for (int i = 2; i + 2 < body.inputs(); i += 3) parts.push_back(Dequantized(body, i));
  const std::string y = body.Add("Concat", parts);
  body.CopyAttributes();
  Quantize(body, y, 0);
  return true;
}

// Inputs: A, B, C of sums, scale and zero point of the output, without which it is float. C has the scale of A times B.
bool QGemm(Body& body) {
  const int64_t turned = body.Int("transB", 0);
  const std::string a = Dequantized(body, 0);
  const std::string b = body.Add("DequantizeLinear", {body.In(3), body.In(4), body.In(5)});
  body.Set("axis", int64_t{turned != 0 ? 0 : 1});
  std::string c;
  if (!body.In(6).empty()) {
    const std::string sums = body.Add("Cast", {body.In(6)});
    body.Set("to", int64_t{onnx::TensorProto::FLOAT});
    c = body.Add("Mul", {sums, body.Add("Mul", {body.In(1), body.In(4)})});
  }
  const bool quantized = !body.In(7).empty();
  const std::string y = body.Add("Gemm", {a, b, c}, quantized ? "" : body.Out(0));
  body.Set("transA", body.Int("transA", 0));
  body.Set("transB", turned);
  body.Set("alpha", body.Float("alpha", 1.0F));
  body.Set("beta", body.Float("alpha", 1.0F));
  if (quantized) Quantize(body, y, 7);
  return true;
}

// ---- Products of integers ----

void AddIntegerProduct(Body& body, const Names& factors, const std::string& scale, const std::string& bias) {
  const std::string sums = body.Add("Cast", {body.Add("MatMulInteger", factors)});
  body.Set("to", int64_t{onnx::TensorProto::FLOAT});
  const std::string y = body.Add("Mul", {sums, scale}, bias.empty() ? body.Out(0) : "");
  if (!bias.empty()) body.Add("Add", {y, bias}, body.Out(0));
}

bool MatMulIntegerToFloat(Body& body) {
  const std::string scale = body.Add("Mul", {body.In(2), body.In(3)});
  AddIntegerProduct(body, {body.In(0), body.In(1), body.In(4), body.In(5)}, scale, body.In(6));
  return true;
}

bool DynamicQuantizeMatMul(Body& body) {
  const std::string levels = body.Add("DynamicQuantizeLinear", {body.In(0)});
  body.AddOutput("levels_scale");
  body.AddOutput("levels_zero");
  const std::string scale = body.Add("Mul", {"levels_scale", body.In(2)});
  AddIntegerProduct(body, {levels, body.In(1), "levels_zero", body.In(3)}, scale, body.In(4));
  return true;
}

const std::map<std::string, bool (*)(Body&)> kRules = {
    {"BiasGelu", ExactGelu},
    {"DequantizeLinear", DequantizeLinear},
    {"DynamicQuantizeMatMul", DynamicQuantizeMatMul},
    {"FastGelu", FastGelu},
    {"FusedConv", FusedConv},
    {"FusedGemm", FusedGemm},
    {"Gelu", ExactGelu},
    {"LayerNormalization", LayerNormalization},
    {"MatMulIntegerToFloat", MatMulIntegerToFloat},
    {"QGemm", QGemm},
    {"QLinearAdd", QLinearAdd},
    {"QLinearAveragePool", QLinearAveragePool},
    {"QLinearConcat", QLinearConcat},
    {"QLinearGlobalAveragePool", QLinearGlobalAveragePool},
    {"QLinearLeakyRelu", QLinearLeakyRelu},
    {"QLinearMul", QLinearMul},
    {"QLinearSigmoid", QLinearSigmoid},
    {"QLinearSoftmax", QLinearSoftmax},
    {"QuantizeLinear", QuantizeLinear},
    {"QuickGelu", QuickGelu},
    {"SimplifiedLayerNormalization", SimplifiedLayerNormalization},
    {"SkipLayerNormalization", SkipLayerNormalization},
    {"SkipSimplifiedLayerNormalization", SkipSimplifiedLayerNormalization},
};

}  // namespace

std::optional<onnx::FunctionProto> ContribFunction(const NodeProto& node) {
  // ONNX Runtime writes this one into ONNX's own domain, which does not have it.
  const bool stray = node.domain().empty() && node.op_type() == "SimplifiedLayerNormalization";
  if (!stray && node.domain() != "com.microsoft") return std::nullopt;
  const auto rule = kRules.find(node.op_type());
  if (rule == kRules.end()) return std::nullopt;
  Body body(node);
  if (body.Out(0).empty() || !rule->second(body)) return std::nullopt;
  return body.Take();
}

}  // namespace lockstep::importer
