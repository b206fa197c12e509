#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kChannelLookupDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::ChannelLookupT>(m)->table.pop_back(); }, "table"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::ChannelLookupT>(m), 7); }, "table: an entry"},
};

INSTANTIATE_TEST_SUITE_P(ChannelLookup, ModelDamage, testing::ValuesIn(kChannelLookupDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
