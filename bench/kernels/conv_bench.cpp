// The convolution kernels of the table on layers of YOLOv8n at 640x640. Counters:
//   GMACs     multiply-accumulates per second, in thousand millions
//   of_peak   share of the core's vpdpbusd peak (AVX512-VNNI kernels)
//   gain      speed over the portable kernel
// A kernel takes turns with the loop of the peak, for the clock of a shared core changes; the median of the ratios
// counts.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "conv_layer.h"
#include "peak_rate.h"

namespace lockstep::bench {
namespace {

constexpr ConvShape kShapes[] = {
    {"3x3_s2_3_16_320", 3, 16, 320, 320, 3, 2}, {"3x3_16_16_160", 16, 16, 160, 160, 3, 1},
    {"3x3_32_32_80", 32, 32, 80, 80, 3, 1},     {"3x3_64_64_80", 64, 64, 80, 80, 3, 1},
    {"3x3_64_64_40", 64, 64, 40, 40, 3, 1},     {"3x3_s2_64_128_40", 64, 128, 40, 40, 3, 2},
    {"3x3_128_128_20", 128, 128, 20, 20, 3, 1}, {"3x3_80_80_80", 80, 80, 80, 80, 3, 1},
    {"1x1_64_64_80", 64, 64, 80, 80, 1, 1},     {"1x1_128_128_80", 128, 128, 80, 80, 1, 1},
    {"1x1_192_128_40", 192, 128, 40, 40, 1, 1}, {"1x1_384_256_20", 384, 256, 20, 20, 1, 1},
};

void Convolve(benchmark::State& state, const ConvShape& shape, const kernels::Kernel& kernel) {
  const kernels::Kernel* portable = FindKernel("conv_u8s8_portable");
  ConvLayer layer(shape);
  const auto macs = static_cast<double>(shape.Macs());
  constexpr int kRepeats = 4;  // of the kernel in one turn, so that a turn is long enough to be timed
  std::vector<double> rates;
  std::vector<double> shares;
  layer.Prepare(kernel);
  layer.Run();
  while (state.KeepRunning()) {
    const double seconds = Seconds([&] {
      for (int i = 0; i < kRepeats; ++i) layer.Run();
    });
    state.SetIterationTime(seconds / kRepeats);
    rates.push_back(macs * kRepeats / seconds);
    const double peak = PeakRate();
    if (peak > 0) shares.push_back(rates.back() / peak);
  }
  const double rate = Median(rates);
  state.counters["GMACs"] = rate * 1e-9;
  if (kernel.isa == Isa::kAvx512Vnni && !shares.empty()) state.counters["of_peak"] = Median(shares);
  if (kernel.isa != Isa::kPortable) {
    layer.Prepare(*portable);
    const double seconds = Seconds([&] { layer.Run(); });
    state.counters["gain"] = rate * seconds / macs;
  }
}

void RegisterAll() {
  const kernels::OperatorRun& op = kernels::OperatorOf(joint::Options::Conv);
  for (size_t i = 0; i < op.kernel_count; ++i) {
    const kernels::Kernel& kernel = op.kernels[i];
    if ((IsaBit(kernel.isa) & DetectIsa()) == 0) continue;
    for (const ConvShape& shape : kShapes) {
      const std::string name = std::string(kernel.name) + "/" + shape.name;
      benchmark::RegisterBenchmark(name.c_str(), Convolve, shape, kernel)->UseManualTime();
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
