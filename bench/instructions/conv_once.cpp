// Runs one convolution layer with one kernel: conv_once KERNEL IN OUT HEIGHT WIDTH KERNEL_SIZE STRIDE RUNS.
// The difference between two numbers of runs is what one run costs; count_instructions.sh counts it. Status 3: the
// kernel does not take the layer.
#include <cstdio>
#include <cstdlib>

#include "conv_layer.h"

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(stderr, "usage: conv_once KERNEL IN OUT HEIGHT WIDTH KERNEL_SIZE STRIDE RUNS\n");
    return 2;
  }
  const auto number = [&](int index) { return static_cast<int32_t>(std::strtol(argv[index], nullptr, 10)); };
  const lockstep::kernels::Kernel* kernel = lockstep::bench::FindKernel(argv[1]);
  if (kernel == nullptr) {
    std::fprintf(stderr, "conv_once: this CPU has no kernel %s\n", argv[1]);
    return 2;
  }
  lockstep::bench::ConvLayer layer({"layer", number(2), number(3), number(4), number(5), number(6), number(7)});
  if (!lockstep::kernels::Accepts(*kernel, layer.args())) return 3;
  layer.Prepare(*kernel);
  for (int32_t run = number(8); run > 0; --run) layer.Run();
  return 0;
}
