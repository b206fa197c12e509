#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kSliceDamages[] = {
    {"Start", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = -1; }, "start[3]"},
    {"StartHigh", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = 52; }, "start[3]"},
    {"StartLength", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start.pop_back(); }, "start"},
    {"Step", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step[1] = 0; }, "step[1]"},
    {"StepLength", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step.push_back(1); }, "step"},
    {"Leaves", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = 20; }, "step[3]"},
    {"StepLarge", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->step[2] = 1 << 24; }, "step[2]"},
};

INSTANTIATE_TEST_SUITE_P(Slice, ModelDamage, testing::ValuesIn(kSliceDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
