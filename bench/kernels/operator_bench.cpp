// Every kernel of the table on layers of operators other than Conv. Counters:
//   GBs    bytes of inputs and output per second, in thousand millions
//   GMACs  multiply-accumulates per second, of convolutions and MatMul
//   gain   speed over the portable kernel
// A kernel takes turns with the portable one, for the clock of a shared core changes; the median of the ratios counts.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "operator_cases.h"
#include "peak_rate.h"

namespace lockstep::bench {
namespace {

double SecondsOf(OperatorLayer& layer, const kernels::Kernel& kernel, int repeats) {
  layer.Prepare(kernel);
  return Seconds([&] {
           for (int i = 0; i < repeats; ++i) layer.Run();
         }) /
         repeats;
}

// The kernel that every layer of the form falls back to.
const kernels::Kernel& PortableOf(const kernels::OperatorRun& op, const kernels::LayerArgs& args) {
  const kernels::Kernel* portable = nullptr;
  for (size_t i = 0; i < op.kernel_count; ++i) {
    if (kernels::Accepts(op.kernels[i], args)) portable = &op.kernels[i];
  }
  return *portable;
}

// Multiply-accumulates of layers that consist of them, else 0.
double ProductsOf(const OperatorCase& test, const kernels::LayerArgs& args) {
  const auto outputs = static_cast<double>(args.outputs[0].elements);
  const kernels::TensorView& a = args.inputs[0];
  switch (test.layer.options.type) {
    case joint::Options::Conv:
    case joint::Options::DepthwiseConv: {
      const int32_t* kernel = args.inputs[1].shape;
      const int32_t depth = test.layer.options.type == joint::Options::Conv ? kernel[3] : 1;
      return outputs * kernel[1] * kernel[2] * depth;
    }
    case joint::Options::MatMul:
      return outputs * a.shape[a.rank - 1];
    default:
      return 0;
  }
}

void Measure(benchmark::State& state, const OperatorCase& test, const kernels::Kernel& kernel) {
  constexpr int kRepeats = 4;
  OperatorLayer layer(test);
  const kernels::Kernel& portable = PortableOf(kernels::OperatorOf(test.layer.options.type), layer.args());
  double bytes = static_cast<double>(layer.args().outputs[0].bytes);
  for (int32_t i = 0; i < layer.args().input_count; ++i) bytes += static_cast<double>(layer.args().inputs[i].bytes);
  std::vector<double> times;
  std::vector<double> gains;
  SecondsOf(layer, kernel, 1);
  while (state.KeepRunning()) {
    times.push_back(SecondsOf(layer, kernel, kRepeats));
    state.SetIterationTime(times.back());
    if (gains.size() < 15) gains.push_back(SecondsOf(layer, portable, 1) / times.back());
  }
  const double seconds = Median(times);
  state.counters["GBs"] = bytes / seconds * 1e-9;
  const double products = ProductsOf(test, layer.args());
  if (products > 0) state.counters["GMACs"] = products / seconds * 1e-9;
  if (&kernel != &portable) state.counters["gain"] = Median(gains);
}

void RegisterAll() {
  for (const OperatorCase& test : OperatorCases()) {
    const kernels::OperatorRun& op = kernels::OperatorOf(test.layer.options.type);
    const OperatorLayer layer(test);
    for (size_t i = 0; i < op.kernel_count; ++i) {
      const kernels::Kernel& kernel = op.kernels[i];
      if ((IsaBit(kernel.isa) & DetectIsa()) == 0 || !kernels::Accepts(kernel, layer.args())) continue;
      const std::string name = std::string(kernel.name) + "/" + test.name;
      benchmark::RegisterBenchmark(name.c_str(), [test, &kernel](benchmark::State& state) {
        Measure(state, test, kernel);
      })->UseManualTime();
    }
  }
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  lockstep::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
