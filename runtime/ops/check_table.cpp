#include "ops/operator_rows.h"
#include "ops/operator_table.h"

namespace lockstep::kernels {
namespace {

constexpr OperatorCheck kChecks[] = {
    {0, nullptr, 1, -1},
#define LOCKSTEP_OPERATOR(name)                                                                              \
  LOCKSTEP_HAS_##name ? OperatorCheck{k##name.outputs, k##name.check, k##name.version, k##name.packed_input} \
                      : OperatorCheck{0, nullptr, 1, -1},
#include "ops/operators.def"
#undef LOCKSTEP_OPERATOR
};

static_assert(sizeof kChecks / sizeof kChecks[0] == kOperatorCount, "an operator of the format has no row");

}  // namespace

OperatorCheck CheckOf(joint::Options type) { return kChecks[static_cast<size_t>(type)]; }

}  // namespace lockstep::kernels
