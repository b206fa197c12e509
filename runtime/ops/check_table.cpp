#include "joint_operators.h"
#include "lockstep/check_model.h"
#include "ops/operator_rows.h"
#include "ops/operator_table.h"

namespace lockstep::kernels {
namespace {

constexpr OperatorCheck kAbsent = {nullptr, 0, 1, -1, 0, false, ChannelScales::kNone, false};

// Narrowing is an error in braces: a row's numbers fit.
#define LOCKSTEP_ROW(name)                                                                                           \
  LOCKSTEP_HAS_##name                                                                                                \
      ? OperatorCheck{k##name.check,          k##name.outputs,         k##name.version,        k##name.packed_input, \
                      k##name.strided_inputs, k##name.strided_outputs, k##name.channel_scales, LacksFloats(k##name)} \
      : kAbsent,
constexpr OperatorCheck kChecks[] = {kAbsent, LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

static_assert(sizeof kChecks / sizeof kChecks[0] == kOperatorCount, "an operator of the format has no row");

}  // namespace

OperatorCheck CheckOf(joint::Options type) { return kChecks[static_cast<size_t>(type)]; }

}  // namespace lockstep::kernels

namespace lockstep {

StridedTensors StridedTensorsOf(joint::Options op) {
  const kernels::OperatorCheck row = kernels::CheckOf(op);
  return {row.strided_inputs, row.strided_outputs};
}

}  // namespace lockstep
