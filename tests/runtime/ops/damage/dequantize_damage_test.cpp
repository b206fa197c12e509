#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kDequantizeDamages[] = {
    {"Shape",
     [](ModelT& m) {
       auto& shape = OutputOf<joint::DequantizeT>(m).shape;
       shape = {1, shape[1] * shape[2]};
     },
     "shape"},
};

INSTANTIATE_TEST_SUITE_P(Dequantize, ModelDamage, testing::ValuesIn(kDequantizeDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
