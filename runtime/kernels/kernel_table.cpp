#include "kernels/conv_driver.h"
#include "kernels/kernel.h"

// A kernel of an instruction set stands in the table only where its file is compiled.
#if defined(LOCKSTEP_KERNELS_AVX512VNNI)
#define LOCKSTEP_AVX512VNNI(row) row
#else
#define LOCKSTEP_AVX512VNNI(row)
#endif
#if defined(LOCKSTEP_KERNELS_NEON)
#define LOCKSTEP_NEON(row) row
#else
#define LOCKSTEP_NEON(row)
#endif
#if defined(LOCKSTEP_KERNELS_MSA)
#define LOCKSTEP_MSA(row) row
#else
#define LOCKSTEP_MSA(row)
#endif

namespace lockstep::kernels {

#define LOCKSTEP_KERNEL(op, function, isa, accepts) \
  void function(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch);
#include "kernels/kernel_table.def"
#undef LOCKSTEP_KERNEL

namespace {

bool AcceptsAll(const LayerArgs& /*args*/) { return true; }

constexpr Kernel kTable[] = {
#define LOCKSTEP_KERNEL(op, function, isa, accepts) {#function, accepts, function, joint::Options::op, Isa::isa},
#include "kernels/kernel_table.def"
#undef LOCKSTEP_KERNEL
};

}  // namespace

const Kernel* KernelTable(size_t* count) {
  *count = sizeof kTable / sizeof kTable[0];
  return kTable;
}

const Kernel* SelectKernel(const LayerArgs& args, IsaSet allowed) {
  for (const Kernel& kernel : kTable) {
    if (kernel.op != args.layer->options_type()) continue;
    if ((IsaBit(kernel.isa) & allowed) != 0 && kernel.accepts(args)) return &kernel;
  }
  return nullptr;
}

}  // namespace lockstep::kernels
