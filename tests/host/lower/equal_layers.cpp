#include "equal_layers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "engine/reference/reference_engine.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"

namespace lockstep::test {
namespace {

using Outputs = std::vector<std::vector<uint8_t>>;  // of a layer

class CompareLayers final : public RunHook {
 public:
  explicit CompareLayers(const std::vector<Outputs>& expected) : expected_(expected) {}

  Status AfterLayer(Session& session, int32_t layer) override {
    const Outputs& outputs = expected_[static_cast<size_t>(layer)];
    for (size_t i = 0; i < outputs.size() && difference_.empty(); ++i) {
      Compare(session, layer, outputs[i], static_cast<int32_t>(i));
    }
    return Status::Ok();
  }

  const std::string& difference() const { return difference_; }

 private:
  void Compare(const Session& session, int32_t layer, const std::vector<uint8_t>& expected, int32_t output) {
    std::vector<uint8_t> data(expected.size());
    session.layer_output_rows(layer, output).CopyTo(data.data());
    for (size_t i = 0; i < expected.size(); ++i) {
      if (data[i] == expected[i]) continue;
      std::ostringstream text;
      text << "layer " << layer << " '" << session.model().layer(layer).name << "' (" << session.model().layer(layer).op
           << ", " << session.kernel_name(layer) << "), output " << output << ", differs first at byte " << i << " of "
           << expected.size() << ": reference " << int{expected[i]} << ", runtime " << int{data[i]};
      difference_ = text.str();
      return;
    }
  }

  const std::vector<Outputs>& expected_;
  std::string difference_;
};

}  // namespace

std::string DifferentLayer(const std::vector<uint8_t>& file, uint32_t seed, int threads) {
  engine::ReferenceEngine reference(file.data(), file.size());
  SeededBytes random(seed);
  std::vector<std::vector<uint8_t>> inputs;
  for (const joint::InputSpec* input : *reference.model().inputs()) {
    const joint::Tensor& tensor = *reference.model().tensors()->Get(input->tensor());
    inputs.emplace_back(tensor.bytes());
    random.FillInput(tensor.dtype() == joint::DType::F32, inputs.back().data(), inputs.back().size());
  }
  std::vector<Outputs> layers(reference.model().layers()->size());
  reference.Run(inputs, [&](int layer, int, const joint::Layer&, const joint::Tensor& output, const uint8_t* data) {
    layers[static_cast<size_t>(layer)].emplace_back(data, data + output.bytes());
  });

  Result<Model> model = Model::Copy(file.data(), file.size());
  if (!model.ok()) return std::string("the model is refused: ") + model.status().message();
  SessionOptions options;
  options.threads = threads;
  Result<Session> session = Session::Create(model.value(), options);
  if (!session.ok()) return std::string("there is no session: ") + session.status().message();
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::memcpy(session.value().input(static_cast<int32_t>(i)), inputs[i].data(), inputs[i].size());
  }
  CompareLayers compare(layers);
  const Status status = session.value().Run(&compare);
  return status.ok() ? compare.difference() : std::string("the run fails: ") + status.message();
}

void ExpectEqualLayers(const std::vector<uint8_t>& file, uint32_t seed, int threads) {
  EXPECT_EQ(DifferentLayer(file, seed, threads), "");
}

}  // namespace lockstep::test
