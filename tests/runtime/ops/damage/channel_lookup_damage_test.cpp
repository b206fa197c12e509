#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kChannelLookupDamages[] = {
    {"Table", [](ModelT& m) { FirstOptions<joint::ChannelLookupT>(m)->table.pop_back(); }, "table"},
    {"Bits", [](ModelT& m) { Narrow(OutputOf<joint::ChannelLookupT>(m), 7); }, "table: an entry"},
};

const Damage kWideChannelLookupDamages[] = {
    {"FirstVersion", [](ModelT& m) { FirstLayer<joint::ChannelLookupT>(m)->version = 1; },
     "input: needs a higher version"},
    {"OutputOfFirstVersion",
     [](ModelT& m) {
       for (auto& layer : m.layers) {
         const bool words = m.tensors[layer->outputs[0]]->dtype == joint::DType::U16;
         if (layer->options.type == joint::Options::ChannelLookup && words) layer->version = 1;
       }
     },
     "output: needs a higher version"},
    {"TableOfBytes", [](ModelT& m) { FirstOptions<joint::ChannelLookupT>(m)->table.resize(256 * 8); },
     "length of table"},
};

INSTANTIATE_TEST_SUITE_P(ChannelLookup, ModelDamage, testing::ValuesIn(kChannelLookupDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ChannelLookup, WideDamage, testing::ValuesIn(kWideChannelLookupDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
