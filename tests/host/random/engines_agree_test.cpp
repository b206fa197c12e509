// Runtime, reference engine and float engine on networks that nobody thought of. LOCKSTEP_RANDOM_GRAPHS: how many.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <set>

#include "engine/reference/reference_engine.h"
#include "lower/equal_layers.h"
#include "lower/ops/emitter_table.h"
#include "random_count.h"
#include "random_model.h"

namespace lockstep::test {
namespace {

// Pixels in the order of the joint model's input.
std::vector<uint8_t> Pixels(const joint::Tensor& tensor, const engine::FloatTensor& values) {
  const size_t rank = values.shape.size();
  std::vector<size_t> steps(rank, 1);  // by ONNX axis
  for (size_t axis = rank; axis-- > 1;) steps[axis - 1] = steps[axis] * static_cast<size_t>(values.shape[axis]);
  std::vector<uint8_t> pixels(values.data.size());
  for (size_t i = 0; i < pixels.size(); ++i) {
    size_t rest = i;
    size_t place = 0;
    for (auto at = static_cast<uint32_t>(rank); at-- > 0;) {
      const auto extent = static_cast<size_t>(tensor.shape()->Get(at));
      place += rest % extent * steps[tensor.axes() != nullptr ? tensor.axes()->Get(at) : at];
      rest /= extent;
    }
    pixels[i] = static_cast<uint8_t>(std::lround(values.data[place] * 255.0F));
  }
  return pixels;
}

// With every node in floats nothing but the order of additions is between the joint model and the float engine.
void ExpectFloatEngineValues(const RandomModel& model, const std::vector<uint8_t>& file) {
  engine::ReferenceEngine reference(file.data(), file.size());
  std::vector<std::vector<uint8_t>> inputs;
  for (const joint::InputSpec* input : *reference.model().inputs()) {
    const joint::Tensor& tensor = *reference.model().tensors()->Get(input->tensor());
    inputs.push_back(Pixels(tensor, model.inputs.at(tensor.name()->str())));
  }
  const std::vector<std::vector<uint8_t>> outputs = reference.Run(inputs);
  const auto expected = engine::FloatEngine(model.optimised, {}).Run(model.inputs);
  ASSERT_EQ(outputs.size(), model.optimised.outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = model.optimised.tensor(model.optimised.outputs[i]).name;
    std::vector<float> values(outputs[i].size() / sizeof(float));
    std::memcpy(values.data(), outputs[i].data(), outputs[i].size());
    EXPECT_EQ(DifferenceOf({expected.at(name).shape, values}, expected.at(name)), "") << "output '" << name << "'";
  }
}

TEST(RandomGraphs, EnginesAgree) {
  std::set<std::string> operators;
  int strided = 0;
  const uint32_t count = RandomGraphCount(150);
  for (uint32_t seed = 1; seed <= count && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomModel model = MakeRandomModel(seed);
    for (const graph::Node& node : model.optimised.nodes) operators.insert(node.op);
    const std::vector<uint8_t> file = LowerRandomModel(model, seed, false);
    for (const joint::Tensor* tensor : *joint::GetModel(file.data())->tensors()) {
      strided += tensor->strides() != nullptr ? 1 : 0;
    }
    // Some with the kernels that every CPU has.
    if (seed % 5 == 0) setenv("LOCKSTEP_ISA", "portable", 1);
    ExpectEqualLayers(file, seed, 1 + static_cast<int>(seed % 3));
    unsetenv("LOCKSTEP_ISA");
    if (FormatsOf(seed) == RandomFormats::kFloat) ExpectFloatEngineValues(model, file);
  }
  if (count < 100) return;
  EXPECT_GT(strided, 10) << "networks whose Concats and Splits copy nothing are too few to show anything";
  for (const std::string_view op : lower::LoweredOperators()) {
    if (op == "Identity") continue;  // the optimiser leaves none
    EXPECT_EQ(operators.count(std::string(op)), 1U) << op << " is lowered, but in no random network";
  }
}

}  // namespace
}  // namespace lockstep::test
