#include "engine/reference/layer_table.h"

#include <cstddef>

#include "engine/reference/layers.h"

namespace lockstep::engine {
namespace {

#define LOCKSTEP_ROW(name) {joint::Options::name, Fits##name, Run##name},
constexpr LayerOperator kOperators[] = {{joint::Options::NONE, nullptr, nullptr},
                                        LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_ROW)};
#undef LOCKSTEP_ROW

constexpr size_t kCount = sizeof(kOperators) / sizeof(kOperators[0]);

static_assert(kCount == static_cast<size_t>(joint::Options::MAX) + 1, "the list of operators is not the union's");

}  // namespace

const LayerOperator& OperatorOf(joint::Options type) { return kOperators[static_cast<size_t>(type)]; }

}  // namespace lockstep::engine
