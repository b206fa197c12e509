#include "lower/test_vectors.h"

#include <utility>

#include "engine/reference/reference_engine.h"
#include "lockstep/md5.h"
#include "lockstep/seeded_input.h"
#include "lower/joint_writer.h"

namespace lockstep::lower {
namespace {

using Inputs = std::vector<std::vector<uint8_t>>;

Inputs SeededInputs(const joint::ModelT& model, uint64_t seed) {
  SeededBytes stream(seed);
  Inputs inputs;
  for (const auto& input : model.inputs) {
    const joint::TensorT& tensor = *model.tensors[input->tensor];
    std::vector<uint8_t> bytes(tensor.bytes);
    stream.FillInput(tensor.dtype == joint::DType::F32, bytes.data(), bytes.size());
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

std::unique_ptr<joint::TestVectorT> RunVector(engine::ReferenceEngine& engine, const Inputs& inputs) {
  auto vector = std::make_unique<joint::TestVectorT>();
  Md5 md5;  // of the layer's outputs so far
  engine.Run(inputs,
             [&](int, int output_index, const joint::Layer& layer, const joint::Tensor& output, const uint8_t* data) {
               md5.Update(data, output.bytes());
               if (output_index + 1 != static_cast<int>(layer.outputs()->size())) return;
               const Md5Digest digest = std::exchange(md5, Md5()).Finish();
               vector->layer_digests.emplace_back(flatbuffers::span<const uint8_t, 16>(digest.data(), digest.size()));
             });
  return vector;
}

}  // namespace

void AddTestVectors(joint::ModelT& model, const LowerOptions& options) {
  if (!options.seeded_test_vector && options.test_inputs.empty()) return;
  const std::vector<uint8_t> file = WriteJoint(model);
  engine::ReferenceEngine engine(file.data(), file.size());
  if (options.seeded_test_vector) {
    auto vector = RunVector(engine, SeededInputs(model, options.seed));
    vector->seed = options.seed;
    model.test_vectors.push_back(std::move(vector));
  }
  if (!options.test_inputs.empty()) {
    auto vector = RunVector(engine, options.test_inputs);
    for (const std::vector<uint8_t>& bytes : options.test_inputs) {
      auto constant = std::make_unique<joint::ConstantT>();
      constant->data = bytes;
      vector->inputs.push_back(std::move(constant));
    }
    model.test_vectors.push_back(std::move(vector));
  }
}

}  // namespace lockstep::lower
