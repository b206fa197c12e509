#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kResizeDamages[] = {
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::ResizeT>(m)); }, "must have the same batch"},
    {"Row", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows[2] = 3; }, "rows[2]"},
    {"RowNegative", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows[0] = -1; }, "rows[0]"},
    {"Rows", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->rows.pop_back(); }, "rows"},
    {"Column", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->columns[7] = INT32_MAX; }, "columns[7]"},
    {"Columns", [](ModelT& m) { FirstOptions<joint::ResizeT>(m)->columns.clear(); }, "columns"},
};

INSTANTIATE_TEST_SUITE_P(Resize, ModelDamage, testing::ValuesIn(kResizeDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
