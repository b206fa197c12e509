#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kReshapeDamages[] = {
    {"Elements",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::ReshapeT>(m);
       y.shape[1] -= 1;
       y.bytes -= static_cast<uint64_t>(y.shape[2]);
     },
     "shape"},
    {"Scale", [](ModelT& m) { OutputOf<joint::ReshapeT>(m).quantization->zero_point[0] ^= 1; }, "quantization"},
    {"HalfShared",
     [](ModelT& m) { OutputOf<joint::ReshapeT>(m).arena_offset = InputOf<joint::ReshapeT>(m).arena_offset + 1; },
     "overlaps"},
};

INSTANTIATE_TEST_SUITE_P(Reshape, ModelDamage, testing::ValuesIn(kReshapeDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
