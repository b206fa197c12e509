#include "float_case.h"

namespace lockstep::kernels {

TestTensor RandomFloats(std::vector<int32_t> shape, std::mt19937& random, bool special) {
  constexpr uint32_t kSpecial[] = {0x7f800000U, 0xff800000U, 0x7fc00000U, 0xffc12345U, 0x7f800001U};
  TestTensor tensor = FloatOutput(std::move(shape));
  for (int64_t i = 0; i < tensor.Elements(); ++i) {
    const uint32_t draw = random();
    const uint32_t sign = draw & f1::kSignBit;
    const auto near_one = [&] { return sign | (0x3d000000U + (static_cast<uint32_t>(random()) & 0x3ffffffU)); };
    uint32_t bits = 0;
    switch (draw % 16) {
      case 0:
        bits = sign;
        break;
      case 1:
        bits = sign | (static_cast<uint32_t>(random()) & 0x7fffffU);  // subnormal
        break;
      case 2:
        bits = special && draw % 64 == 2 ? kSpecial[(draw >> 8) % 5] : near_one();
        break;
      default:
        bits = near_one();
        break;
    }
    Append(tensor, bits);
  }
  return tensor;
}

TestTensor FloatOutput(std::vector<int32_t> shape) {
  TestTensor tensor;
  tensor.dtype = joint::DType::F32;
  tensor.shape = std::move(shape);
  return tensor;
}

}  // namespace lockstep::kernels
