#include "ops/operator_table.h"

#include "joint_operators.h"
#include "ops/operator_rows.h"

namespace lockstep::kernels {
namespace {

// CMake defines LOCKSTEP_HAS_<name> for every operator: false, and this is its row, where LOCKSTEP_OPERATORS leaves it
// out.
constexpr Operator Missing(joint::Options type) { return {type, 0, nullptr, nullptr, nullptr, nullptr, 0}; }

#define LOCKSTEP_ROW(name) LOCKSTEP_HAS_##name ? k##name : Missing(joint::Options::name),
constexpr Operator kOperators[] = {Missing(joint::Options::NONE), LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

#define LOCKSTEP_ROW(name) LOCKSTEP_HAS_##name,
constexpr bool kHas[] = {false, LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

constexpr bool IsTableComplete() {
  for (size_t i = 1; i < kOperatorCount; ++i) {
    if (static_cast<size_t>(kOperators[i].type) != i || IsComplete(kOperators[i]) != kHas[i]) return false;
  }
  return true;
}

constexpr OperatorRun RunOf(const Operator& op) { return {op.prepare, op.setup, op.kernels, op.kernel_count}; }

#define LOCKSTEP_ROW(name) RunOf(LOCKSTEP_HAS_##name ? k##name : Missing(joint::Options::name)),
constexpr OperatorRun kRuns[] = {RunOf(Missing(joint::Options::NONE)), LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

static_assert(sizeof kOperators / sizeof kOperators[0] == kOperatorCount, "an operator of the format has no row");
static_assert(IsTableComplete(), "a row stands at another number than its own, or lacks a function or a kernel");

}  // namespace

const OperatorRun& OperatorOf(joint::Options type) { return kRuns[static_cast<size_t>(type)]; }

bool Accepts(const Kernel& kernel, const LayerArgs& args) {
  if (kernel.run == nullptr) return false;
  if (kernel.form != Form::kAny && kernel.form != FormOf(args)) return false;
  return kernel.accepts == nullptr || kernel.accepts(args);
}

const Kernel* SelectKernel(const LayerArgs& args, IsaSet allowed) {
  const OperatorRun& op = OperatorOf(args.layer->options_type());
  for (size_t i = 0; i < op.kernel_count; ++i) {
    if ((IsaBit(op.kernels[i].isa) & allowed) != 0 && Accepts(op.kernels[i], args)) return &op.kernels[i];
  }
  return nullptr;
}

}  // namespace lockstep::kernels
