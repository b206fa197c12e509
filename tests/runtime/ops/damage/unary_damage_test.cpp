#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kFloatUnaryDamages[] = {
    {"Function",
     [](ModelT& m) {
       const int behind = static_cast<int>(joint::UnaryFunction::MAX) + 1;
       FirstOptions<joint::UnaryT>(m)->function = static_cast<joint::UnaryFunction>(behind);
     },
     "function"},
    {"Shape",
     [](ModelT& m) {
       OutputOf<joint::UnaryT>(m).shape = {1, 8, 6, 20};
     },
     "shape"},
};

INSTANTIATE_TEST_SUITE_P(Unary, FloatDamage, testing::ValuesIn(kFloatUnaryDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
