#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kLookupDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::LookupT>(m)->table.pop_back(); }, "table"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::LookupT>(m), 7); }, "table: an entry"},
};

INSTANTIATE_TEST_SUITE_P(Lookup, ModelDamage, testing::ValuesIn(kLookupDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
