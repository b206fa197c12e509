#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kTransposeDamages[] = {
    {"PermRange", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm[0] = 3; }, "perm[0]"},
    {"PermTwice", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm[2] = 2; }, "perm[2]"},
    {"PermLength", [](ModelT& m) { FirstOptions<joint::TransposeT>(m)->perm.pop_back(); }, "perm"},
    {"PermOther",
     [](ModelT& m) {
       FirstOptions<joint::TransposeT>(m)->perm = {0, 1, 2};
     },
     "shape"},
};

INSTANTIATE_TEST_SUITE_P(Transpose, ModelDamage, testing::ValuesIn(kTransposeDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
