#include <algorithm>
#include <cmath>

#include "support/plain_operators.h"

namespace lockstep::testing {
namespace {

using Binary = double (*)(double, double);

double At(const PlainTensor& tensor, const std::vector<int64_t>& index) {
  int64_t flat = 0;
  const size_t skipped = index.size() - tensor.shape.size();
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    flat = flat * tensor.shape[i] + (tensor.shape[i] == 1 ? 0 : index[i + skipped]);
  }
  return tensor.values.at(static_cast<size_t>(flat));
}

PlainOperator Broadcasting(Binary function) {
  return [function](const PlainCall& call) {
    PlainTensor result{call.shapes[0], {}};
    for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
      const auto index = Unravel(i, result.shape);
      double value = At(*call.inputs[0], index);
      for (size_t k = 1; k < call.inputs.size(); ++k) value = function(value, At(*call.inputs[k], index));
      result.values.push_back(value);
    }
    return std::vector<PlainTensor>{result};
  };
}

std::vector<PlainTensor> Div(const PlainCall& call) {
  std::vector<PlainTensor> result = Broadcasting([](double a, double b) { return a / b; })(call);
  if (call.integers) {
    for (double& x : result[0].values) x = std::trunc(x);
  }
  return result;
}

PlainOperator Unary(double (*function)(double)) {
  return [function](const PlainCall& call) {
    PlainTensor result = *call.inputs[0];
    for (double& x : result.values) x = function(x);
    return std::vector<PlainTensor>{result};
  };
}

std::vector<PlainTensor> Where(const PlainCall& call) {
  PlainTensor result{call.shapes[0], {}};
  for (int64_t i = 0; i < graph::ElementCount(result.shape); ++i) {
    const auto index = Unravel(i, result.shape);
    result.values.push_back(At(*call.inputs[At(*call.inputs[0], index) != 0.0 ? 1 : 2], index));
  }
  return {result};
}

std::vector<PlainTensor> Clip(const PlainCall& call) {
  PlainTensor result = *call.inputs[0];
  for (double& x : result.values) {
    if (call.inputs.size() > 1 && call.inputs[1] != nullptr) x = std::max(x, call.inputs[1]->values.at(0));
    if (call.inputs.size() > 2 && call.inputs[2] != nullptr) x = std::min(x, call.inputs[2]->values.at(0));
  }
  return {result};
}

std::vector<PlainTensor> Cast(const PlainCall& call) {
  PlainTensor result = *call.inputs[0];
  const int64_t to = call.node.Int("to", graph::kOnnxFloat);
  for (double& x : result.values) {
    if (to == graph::kOnnxInt64) x = std::trunc(x);
    if (to == graph::kOnnxBool) x = x != 0.0 ? 1.0 : 0.0;
  }
  return {result};
}

std::vector<PlainTensor> BatchNormalization(const PlainCall& call) {
  PlainTensor result = *call.inputs[0];
  for (size_t i = 0; i < result.values.size(); ++i) {
    const auto c = static_cast<size_t>(Unravel(static_cast<int64_t>(i), result.shape)[1]);
    const double deviation = std::sqrt(call.inputs[4]->values[c] + call.node.Float("epsilon", 1e-5F));
    result.values[i] = (result.values[i] - call.inputs[3]->values[c]) / deviation * call.inputs[1]->values[c] +
                       call.inputs[2]->values[c];
  }
  return {result};
}

std::vector<PlainTensor> Softmax(const PlainCall& call) {
  PlainTensor result = *call.inputs[0];
  const auto rank = static_cast<int64_t>(result.shape.size());
  const auto axis = static_cast<size_t>((call.node.Int("axis", -1) + rank) % rank);
  std::map<std::vector<int64_t>, double> highest;
  std::map<std::vector<int64_t>, double> sums;
  const auto row = [&](size_t i) {
    auto index = Unravel(static_cast<int64_t>(i), result.shape);
    index[axis] = 0;
    return index;
  };
  for (size_t i = 0; i < result.values.size(); ++i) {
    const auto found = highest.emplace(row(i), result.values[i]).first;
    found->second = std::max(found->second, result.values[i]);
  }
  for (size_t i = 0; i < result.values.size(); ++i) sums[row(i)] += std::exp(result.values[i] - highest[row(i)]);
  for (size_t i = 0; i < result.values.size(); ++i) {
    result.values[i] = std::exp(result.values[i] - highest[row(i)]) / sums[row(i)];
  }
  return {result};
}

}  // namespace

const std::map<std::string, PlainOperator>& PlainElementwise() {
  static const std::map<std::string, PlainOperator> kTable = {
      {"Add", Broadcasting([](double a, double b) { return a + b; })},
      {"Sub", Broadcasting([](double a, double b) { return a - b; })},
      {"Mul", Broadcasting([](double a, double b) { return a * b; })},
      {"Div", Div},
      {"Pow", Broadcasting([](double a, double b) { return std::pow(a, b); })},
      {"Min", Broadcasting([](double a, double b) { return std::min(a, b); })},
      {"Max", Broadcasting([](double a, double b) { return std::max(a, b); })},
      {"Equal", Broadcasting([](double a, double b) { return a == b ? 1.0 : 0.0; })},
      {"Less", Broadcasting([](double a, double b) { return a < b ? 1.0 : 0.0; })},
      {"Greater", Broadcasting([](double a, double b) { return a > b ? 1.0 : 0.0; })},
      {"And", Broadcasting([](double a, double b) { return a != 0.0 && b != 0.0 ? 1.0 : 0.0; })},
      {"Or", Broadcasting([](double a, double b) { return a != 0.0 || b != 0.0 ? 1.0 : 0.0; })},
      {"Xor", Broadcasting([](double a, double b) { return (a != 0.0) != (b != 0.0) ? 1.0 : 0.0; })},
      {"PRelu", Broadcasting([](double a, double slope) { return a < 0.0 ? a * slope : a; })},
      {"Neg", Unary([](double x) { return -x; })},
      {"Abs", Unary([](double x) { return std::abs(x); })},
      {"Sqrt", Unary([](double x) { return std::sqrt(x); })},
      {"Floor", Unary([](double x) { return std::floor(x); })},
      {"Ceil", Unary([](double x) { return std::ceil(x); })},
      {"Round", Unary([](double x) { return std::nearbyint(x); })},
      {"Erf", Unary([](double x) { return std::erf(x); })},
      {"Log", Unary([](double x) { return std::log(x); })},
      {"Sin", Unary([](double x) { return std::sin(x); })},
      {"Cos", Unary([](double x) { return std::cos(x); })},
      {"Reciprocal", Unary([](double x) { return 1.0 / x; })},
      {"Not", Unary([](double x) { return x == 0.0 ? 1.0 : 0.0; })},
      {"Sign", Unary([](double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); })},
      {"Where", Where},
      {"Clip", Clip},
      {"Cast", Cast},
      {"BatchNormalization", BatchNormalization},
      {"Softmax", Softmax},
  };
  return kTable;
}

}  // namespace lockstep::testing
