#include <chrono>

#include "run/runners.h"

namespace lockstep::run {
namespace {

using Clock = std::chrono::steady_clock;

class ReferenceRunner : public ModelRunner {
 public:
  explicit ReferenceRunner(const std::filesystem::path& model) : joint_(model.string()) {}

  EngineKind engine() const override { return EngineKind::kReference; }
  double seconds() const override { return seconds_; }
  dump::Manifest Head() const override { return dump::DescribeModel(joint_.model(), "reference", "host"); }
  std::vector<input::InputInfo> Inputs() const override { return input::InputsOf(joint_.model()); }
  std::vector<graph::Shape> OutputShapes() const override { return OutputShapesOf(joint_.model()); }

  std::vector<OutputTensor> Run(const input::DataItem& item, dump::DumpWriter* dump) override {
    const auto inputs = input::JointInputs(joint_.model(), item);
    if (dump != nullptr) dump->SetInputs(inputs);
    const auto observer = [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                              const uint8_t* data) {
      dump->Add(dump::DescribeLayer(index, output_index, layer, output), data, output.bytes());
    };
    const auto start = Clock::now();
    const auto bytes = dump != nullptr ? joint_.engine().Run(inputs, observer) : joint_.engine().Run(inputs);
    seconds_ = std::chrono::duration<double>(Clock::now() - start).count();
    return MakeOutputs(joint_.model(), bytes);
  }

 private:
  engine::JointModel joint_;
  double seconds_ = 0.0;
};

}  // namespace

std::unique_ptr<ModelRunner> MakeReferenceRunner(const std::filesystem::path& model) {
  return std::make_unique<ReferenceRunner>(model);
}

}  // namespace lockstep::run
