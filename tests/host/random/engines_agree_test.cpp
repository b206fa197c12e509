// Runtime, reference engine and float engine on networks that nobody thought of. LOCKSTEP_RANDOM_GRAPHS: how many.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <set>

#include "dump/values.h"
#include "engine/reference/reference_engine.h"
#include "lower/equal_layers.h"
#include "lower/ops/emitter_table.h"
#include "random_count.h"
#include "random_model.h"
#include "shrink.h"

namespace lockstep::test {
namespace {

using Type = quantize::InputPreprocess::Type;

// The bytes of an input of the joint model that stand for `values`.
std::vector<uint8_t> Stored(const dump::DumpLayer& layout, const quantize::InputPreprocess& preprocess,
                            const engine::FloatTensor& values) {
  const size_t element = dump::DTypeBytes(layout.dtype);
  std::vector<uint8_t> bytes(values.data.size() * element);
  for (size_t i = 0; i < values.data.size(); ++i) {
    const auto integer = static_cast<int32_t>(std::lround(values.data[i] * preprocess.std[0]));
    const void* stored = layout.dtype == "f32" ? static_cast<const void*>(&values.data[i]) : &integer;
    std::memcpy(bytes.data() + i * element, stored, element);  // little-endian
  }
  return dump::ToPhysical(values.shape, layout.axes, bytes.data(), element);
}

dump::DumpLayer LayoutOf(const joint::Model& model, int32_t tensor) {
  return dump::DescribeTensor(*model.tensors()->Get(static_cast<uint32_t>(tensor)));
}

// With every node in floats nothing but the order of additions is between the joint model and the float engine.
void ExpectFloatEngineValues(const RandomModel& model, const std::vector<uint8_t>& file) {
  engine::ReferenceEngine reference(file.data(), file.size());
  std::vector<std::vector<uint8_t>> inputs;
  for (const joint::InputSpec* input : *reference.model().inputs()) {
    const dump::DumpLayer layout = LayoutOf(reference.model(), input->tensor());
    inputs.push_back(Stored(layout, model.preprocess.at(layout.tensor), model.inputs.at(layout.tensor)));
  }
  const std::vector<std::vector<uint8_t>> outputs = reference.Run(inputs);
  const auto expected = engine::FloatEngine(model.optimised, {}).Run(model.inputs);
  ASSERT_EQ(outputs.size(), model.optimised.outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const graph::Tensor& tensor = model.optimised.tensor(model.optimised.outputs[i]);
    const dump::DumpLayer layout =
        LayoutOf(reference.model(), reference.model().outputs()->Get(static_cast<uint32_t>(i))->tensor());
    EXPECT_EQ(layout.HoldsIntegers(), tensor.type == graph::ElementType::kInt64) << tensor.name;
    const engine::FloatTensor values{dump::OnnxShape(layout), dump::RealValues(layout, outputs[i])};
    EXPECT_EQ(DifferenceOf(values, expected.at(tensor.name)), "") << "output '" << tensor.name << "'";
  }
}

// What the networks have among their inputs and outputs, so that nothing is left out unnoticed.
void Count(const RandomModel& model, const std::vector<uint8_t>& file, std::set<std::string>& forms) {
  const joint::Model& joint = *joint::GetModel(file.data());
  for (const joint::InputSpec* input : *joint.inputs()) {
    const bool picture = input->kind() == joint::InputKind::Picture;
    forms.insert((picture ? "picture " : "tensor ") + LayoutOf(joint, input->tensor()).dtype);
  }
  for (uint32_t i = 0; i < joint.outputs()->size(); ++i) {
    const dump::DumpLayer layout = LayoutOf(joint, joint.outputs()->Get(i)->tensor());
    forms.insert("output " + layout.dtype + (layout.axes.empty() ? "" : ", physical"));
  }
  forms.insert(std::to_string(model.optimised.inputs.size()) + " inputs");
  forms.insert(std::to_string(model.optimised.outputs.size()) + " outputs");
}

// What the networks had among their operators and forms.
struct Seen {
  std::set<std::string> operators;
  std::set<std::string> forms;
  int strided = 0;
  int channel_scales = 0;
};

void CheckSeed(uint32_t seed, Seen& seen) {
  const RandomModel model = MakeRandomModel(seed);
  for (const graph::Node& node : model.optimised.nodes) seen.operators.insert(node.op);
  const std::vector<uint8_t> file = LowerRandomModel(model, seed, false);
  for (const joint::Tensor* tensor : *joint::GetModel(file.data())->tensors()) {
    seen.strided += tensor->strides() != nullptr ? 1 : 0;
    const bool activation = tensor->dtype() == joint::DType::U8 || tensor->dtype() == joint::DType::U16;
    seen.channel_scales += activation && tensor->quantization()->axis() >= 0 ? 1 : 0;
  }
  Count(model, file, seen.forms);
  // Some with the kernels that every CPU has.
  if (seed % 5 == 0) setenv("LOCKSTEP_ISA", "portable", 1);
  const int threads = 1 + static_cast<int>(seed % 3);
  const std::string different = DifferentLayer(file, seed, threads);
  EXPECT_EQ(different, "") << SaveSmallest(seed, [&](const graph::Graph& graph) {
    const std::vector<uint8_t> smaller = LowerRandomModel(MakeRandomModel(graph, seed), seed, false);
    return !DifferentLayer(smaller, seed, threads).empty();
  });
  unsetenv("LOCKSTEP_ISA");
  if (FormatsOf(seed) == RandomFormats::kFloat) ExpectFloatEngineValues(model, file);
}

TEST(RandomGraphs, EnginesAgree) {
  Seen seen;
  const uint32_t count = RandomGraphCount(300);
  for (uint32_t seed = 1; seed <= count && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    try {
      CheckSeed(seed, seen);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  if (count < 100) return;
  for (const char* form : {"1 inputs", "3 inputs", "1 outputs", "4 outputs", "picture u8", "tensor u8", "tensor s8",
                           "tensor u16", "tensor s16", "tensor f32", "output f32", "output f32, physical", "output u8",
                           "output u8, physical", "output u16", "output s64", "output s64, physical"}) {
    EXPECT_EQ(seen.forms.count(form), 1U) << form << " is in no random network";
  }
  EXPECT_GT(seen.strided, 10) << "networks whose Concats and Splits copy nothing are too few to show anything";
  EXPECT_GT(seen.channel_scales, 5) << "activations with a scale for each channel are too few";
  for (const std::string_view op : lower::LoweredOperators()) {
    if (op == "Identity") continue;  // the optimiser leaves none
    EXPECT_EQ(seen.operators.count(std::string(op)), 1U) << op << " is lowered, but in no random network";
  }
}

}  // namespace
}  // namespace lockstep::test
