#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kLookupDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::LookupT>(m)->table.pop_back(); }, "table"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::LookupT>(m), 7); }, "table: an entry"},
};

const Damage kWideLookupDamages[] = {
    {"FirstVersion", [](ModelT& m) { FirstLayer<joint::LookupT>(m)->version = 1; }, "input: needs a higher version"},
    {"TableOfBytes", [](ModelT& m) { FirstOptions<joint::LookupT>(m)->table.resize(256); }, "length of table"},
};

INSTANTIATE_TEST_SUITE_P(Lookup, ModelDamage, testing::ValuesIn(kLookupDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Lookup, WideDamage, testing::ValuesIn(kWideLookupDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
