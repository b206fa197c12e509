#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kRescaleDamages[] = {
    {"Multiplier", [](ModelT& m) { FirstOptions<joint::RescaleT>(m)->multiplier = 1; }, "multiplier"},
    {"Shift", [](ModelT& m) { FirstOptions<joint::RescaleT>(m)->shift = -31; }, "shift"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::RescaleT>(m), 15); }, "quantization.bits: needs a higher version"},
};

INSTANTIATE_TEST_SUITE_P(Rescale, ModelDamage, testing::ValuesIn(kRescaleDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
