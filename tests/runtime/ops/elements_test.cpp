// Add, Mul, Rescale, Dequantize and the tables: one element at a time, against the formulas of docs/arithmetic.md.
#include <gtest/gtest.h>

#include "exact_requantize.h"
#include "kernel_tester.h"

namespace lockstep::kernels {
namespace {

using joint::DType;
using Shape = std::vector<int32_t>;

struct ShapePair {
  Shape a, b, out;
};

const ShapePair kShapes[] = {
    {{1, 5, 7, 16}, {1, 5, 7, 16}, {1, 5, 7, 16}},
    {{1, 3, 5, 17}, {17}, {1, 3, 5, 17}},
    {{1, 3, 5, 17}, {1, 1, 1, 1}, {1, 3, 5, 17}},
    {{1}, {2, 3, 4}, {2, 3, 4}},
    {{2, 1, 3, 1, 5, 1}, {1, 4, 1, 2, 1, 3}, {2, 4, 3, 2, 5, 3}},
    {{2, 3, 1, 4}, {3, 5, 1}, {2, 3, 5, 4}},
    {{1, 40, 9, 33}, {1, 40, 9, 33}, {1, 40, 9, 33}},
    {{1, 40, 9, 33}, {1, 40, 1, 33}, {1, 40, 9, 33}},
    {{1, 1}, {1, 1}, {1, 1}},
    // Lengths around those of vectors.
    {{2, 3, 64}, {2, 3, 64}, {2, 3, 64}},
    {{3, 127}, {1, 127}, {3, 127}},
    {{2, 3, 80}, {80}, {2, 3, 80}},
    {{130}, {2, 2, 130}, {2, 2, 130}},
    // Runs of one scalar that are longer than a block, and a unit that begins within a run.
    {{1, 3, 50, 40}, {1}, {1, 3, 50, 40}},
    {{1}, {1, 3, 50, 40}, {1, 3, 50, 40}},
};

const DType kActivations[] = {DType::U8, DType::U16};

int32_t Pick(std::mt19937& random, int32_t low, int32_t high) {
  const auto width = static_cast<uint64_t>(int64_t{high} - low) + 1;
  return static_cast<int32_t>(low + static_cast<int64_t>(random() % width));
}

int32_t RandomMultiplier(std::mt19937& random) {
  return static_cast<int32_t>((uint32_t{1} << 30) + random() % (uint32_t{1} << 30));
}

LayerCase MakeBinary(const ShapePair& shapes, DType a, DType b, DType out, std::mt19937& random) {
  LayerCase test;
  test.layer.name = "layer";
  test.inputs.push_back(RandomTensor(a, shapes.a, random));
  test.inputs.push_back(RandomTensor(b, shapes.b, random));
  test.inputs[0].zero_point = Pick(random, 0, LimitOf(a));
  test.inputs[1].zero_point = Pick(random, 0, LimitOf(b));
  test.output.dtype = out;
  test.output.shape = shapes.out;
  test.output.zero_point = Pick(random, 0, LimitOf(out));
  test.about = std::string(EnumNameDType(a)) + "," + EnumNameDType(b) + " -> " + EnumNameDType(out) + ", rank " +
               std::to_string(shapes.out.size());
  return test;
}

int64_t Difference(const TestTensor& input, const TestTensor& output, int64_t element) {
  return input.Get(BroadcastPosition(input.shape, output.shape, element)) - input.zero_point;
}

TEST(Add, ShapesTypesAndShifts) {
  std::mt19937 random(21);
  for (const ShapePair& shapes : kShapes) {
    for (int types = 0; types < 8; ++types) {
      const bool narrow = types == 0;
      LayerCase test =
          MakeBinary(shapes, kActivations[types & 1], kActivations[types >> 1 & 1], kActivations[types >> 2], random);
      joint::AddT add;
      const int32_t limit = narrow ? 1 << 21 : 1 << 30;
      add.multiplier_a = Pick(random, -limit, limit);
      add.multiplier_b = Pick(random, -limit, limit);
      add.shift = narrow ? Pick(random, 10, 30) : Pick(random, 16, 46);
      add.clamp_low = Pick(random, 0, 40);
      add.clamp_high = LimitOf(test.output.dtype) - Pick(random, 0, 40);
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const int64_t sum = Difference(test.inputs[0], test.output, i) * add.multiplier_a +
                            Difference(test.inputs[1], test.output, i) * add.multiplier_b;
        const int64_t rounded = (sum + (int64_t{1} << (add.shift - 1))) >> add.shift;
        AppendActivation(test.output, ClampTo(test.output.zero_point + rounded, add.clamp_low, add.clamp_high));
      }
      test.about += ", shift " + std::to_string(add.shift);
      test.layer.options.Set(add);
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(Add, SmallestShift) {
  std::mt19937 random(22);
  LayerCase test = MakeBinary(kShapes[0], DType::U8, DType::U8, DType::U8, random);
  joint::AddT add;
  add.multiplier_a = 2;
  add.multiplier_b = -2;
  add.shift = 1;
  add.clamp_high = 255;
  for (int64_t i = 0; i < test.output.Elements(); ++i) {
    const int64_t sum = Difference(test.inputs[0], test.output, i) - Difference(test.inputs[1], test.output, i);
    AppendActivation(test.output, ClampTo(test.output.zero_point + sum, 0, 255));
  }
  test.layer.options.Set(add);
  ExpectEveryKernelGives(test);
}

// Where 32 bits hold the sum with all that is added to it, and where they do not.
TEST(Add, SumsOfBytesAroundTheEdgeOf32Bits) {
  std::mt19937 random(24);
  for (int shift = 20; shift <= 30; ++shift) {
    for (int signs = 0; signs < 4; ++signs) {
      for (int zeros = 0; zeros < 8; ++zeros) {
        LayerCase test = MakeBinary(kShapes[0], DType::U8, DType::U8, DType::U8, random);
        for (size_t input = 0; input < 2; ++input) {
          test.inputs[input].zero_point = (zeros >> input & 1) * 255;
          for (uint8_t& byte : test.inputs[input].bytes) byte = random() % 2 == 0 ? 0 : 255;
        }
        test.output.zero_point = (zeros >> 2) * 255;
        joint::AddT add;
        add.multiplier_a = (signs & 1) == 0 ? 1 << 21 : -(1 << 21);
        add.multiplier_b = (signs & 2) == 0 ? 1 << 21 : -(1 << 21);
        add.shift = shift;
        add.clamp_high = 255;
        for (int64_t i = 0; i < test.output.Elements(); ++i) {
          const int64_t sum = Difference(test.inputs[0], test.output, i) * add.multiplier_a +
                              Difference(test.inputs[1], test.output, i) * add.multiplier_b;
          const int64_t rounded = (sum + (int64_t{1} << (shift - 1))) >> shift;
          AppendActivation(test.output, ClampTo(test.output.zero_point + rounded, 0, 255));
        }
        test.about += ", shift " + std::to_string(shift) + ", signs " + std::to_string(signs) + ", zero points " +
                      std::to_string(zeros);
        test.layer.options.Set(add);
        ExpectEveryKernelGives(test);
      }
    }
  }
}

TEST(Mul, ShapesTypesAndShifts) {
  std::mt19937 random(23);
  for (const ShapePair& shapes : kShapes) {
    for (int types = 0; types < 8; ++types) {
      for (const int32_t shift : {-2, 0, 1, 2, 7, 20}) {
        LayerCase test =
            MakeBinary(shapes, kActivations[types & 1], kActivations[types >> 1 & 1], kActivations[types >> 2], random);
        joint::MulT mul;
        mul.multiplier = RandomMultiplier(random);
        mul.shift = shift;
        mul.clamp_low = Pick(random, 0, 40);
        mul.clamp_high = LimitOf(test.output.dtype) - Pick(random, 0, 40);
        std::vector<int64_t> products;
        for (int64_t i = 0; i < test.output.Elements(); ++i) {
          products.push_back(Difference(test.inputs[0], test.output, i) * Difference(test.inputs[1], test.output, i));
          const int64_t rq = ExactRequantize(products.back(), mul.multiplier, shift);
          AppendActivation(test.output, ClampTo(test.output.zero_point + rq, mul.clamp_low, mul.clamp_high));
        }
        test.layer.options.Set(mul);
        ExpectEveryKernelGives(test, [&](int64_t i) {
          return "product " + std::to_string(products[static_cast<size_t>(i)]) + " multiplier " +
                 std::to_string(mul.multiplier) + " shift " + std::to_string(shift);
        });
      }
    }
  }
}

TEST(Rescale, TypesAndShifts) {
  std::mt19937 random(24);
  for (const DType in : kActivations) {
    for (const DType out : kActivations) {
      for (const int32_t shift : {-9, -1, 0, 1, 2, 9, 31}) {
        LayerCase test;
        test.layer.name = "layer";
        test.inputs.push_back(RandomTensor(in, {1, 3, 40, 51}, random));
        test.inputs[0].zero_point = Pick(random, 0, LimitOf(in));
        test.output.dtype = out;
        test.output.shape = test.inputs[0].shape;
        test.output.zero_point = Pick(random, 0, LimitOf(out));
        joint::RescaleT rescale;
        rescale.multiplier = RandomMultiplier(random);
        rescale.shift = shift;
        for (int64_t i = 0; i < test.output.Elements(); ++i) {
          const int64_t rq =
              ExactRequantize(test.inputs[0].Get(i) - test.inputs[0].zero_point, rescale.multiplier, shift);
          AppendActivation(test.output, ClampTo(test.output.zero_point + rq, 0, LimitOf(out)));
        }
        test.about = "shift " + std::to_string(shift);
        test.layer.options.Set(rescale);
        ExpectEveryKernelGives(test);
      }
    }
  }
}

TEST(Dequantize, Types) {
  std::mt19937 random(25);
  for (const DType in : kActivations) {
    LayerCase test;
    test.layer.name = "layer";
    test.inputs.push_back(RandomTensor(in, {3, 70, 41}, random));
    test.inputs[0].zero_point = Pick(random, 0, LimitOf(in));
    test.inputs[0].scale = 0.0123456F;
    test.output.dtype = DType::F32;
    test.output.shape = test.inputs[0].shape;
    for (int64_t i = 0; i < test.output.Elements(); ++i) {
      const int32_t difference = test.inputs[0].Get(i) - test.inputs[0].zero_point;
      Append(test.output, test.inputs[0].scale * static_cast<float>(difference));
    }
    test.layer.options.Set(joint::DequantizeT());
    ExpectEveryKernelGives(test);
  }
}

TEST(Rescale, FewerBitsThanTheType) {
  std::mt19937 random(28);
  for (const DType in : kActivations) {
    for (const int bits : {2, 7, 9, 15}) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomTensor(in, {1, 3, 7, 51}, random));
      test.inputs[0].zero_point = Pick(random, 0, LimitOf(in));
      test.output.dtype = bits > 8 ? DType::U16 : DType::U8;
      test.output.bits = bits;
      test.output.shape = test.inputs[0].shape;
      test.output.zero_point = Pick(random, 0, LimitOf(test.output));
      joint::RescaleT rescale;
      rescale.multiplier = RandomMultiplier(random);
      rescale.shift = (in == DType::U16 ? 16 : 8) - bits - 1;
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        const int64_t rq =
            ExactRequantize(test.inputs[0].Get(i) - test.inputs[0].zero_point, rescale.multiplier, rescale.shift);
        AppendActivation(test.output, ClampTo(test.output.zero_point + rq, 0, LimitOf(test.output)));
      }
      test.about = "bits " + std::to_string(bits);
      test.layer.options.Set(rescale);
      ExpectEveryKernelGives(test);
    }
  }
}

TEST(Lookup, TypesAndBits) {
  std::mt19937 random(26);
  for (const int bits : {3, 8, 9, 12, 16}) {
    for (const DType out : kActivations) {
      LayerCase test;
      test.layer.name = "layer";
      test.inputs.push_back(RandomTensor(bits > 8 ? DType::U16 : DType::U8, {1, 9, 31, 33}, random, bits));
      test.output.dtype = out;
      test.output.shape = test.inputs[0].shape;
      const TestTensor table = RandomTensor(out, {bits > 8 ? 1 << bits : 256}, random);
      for (int64_t i = 0; i < test.output.Elements(); ++i) {
        AppendActivation(test.output, table.Get(test.inputs[0].Get(i)));
      }
      joint::LookupT lookup;
      lookup.table = table.bytes;
      test.layer.options.Set(lookup);
      ExpectEveryKernelGives(test);
    }
  }
}

// Around vectors of 16 and 64 bytes, and every value.
TEST(Lookup, LengthsOfBytes) {
  std::mt19937 random(27);
  for (int32_t length = 1; length <= 150; length += length < 70 ? 1 : 19) {
    LayerCase test;
    test.layer.name = "layer";
    test.inputs.push_back(RandomTensor(DType::U8, {1, 1, 5, length}, random));
    for (size_t i = 0; i < test.inputs[0].bytes.size(); ++i)
      test.inputs[0].bytes[i] = static_cast<uint8_t>(37 * i + 11);
    test.output.dtype = DType::U8;
    test.output.shape = test.inputs[0].shape;
    const TestTensor table = RandomTensor(DType::U8, {256}, random);
    for (int64_t i = 0; i < test.output.Elements(); ++i) {
      AppendActivation(test.output, table.Get(test.inputs[0].Get(i)));
    }
    joint::LookupT lookup;
    lookup.table = table.bytes;
    test.layer.options.Set(lookup);
    ExpectEveryKernelGives(test);
  }
}

TEST(ChannelLookup, ChannelsTypesAndBits) {
  std::mt19937 random(27);
  for (const int32_t channels : {1, 2, 3, 4, 5, 16, 17, 33}) {
    for (const int bits : {8, 10}) {
      for (const DType out : kActivations) {
        LayerCase test;
        test.layer.name = "layer";
        test.inputs.push_back(RandomTensor(bits > 8 ? DType::U16 : DType::U8, {1, 40, 61, channels}, random, bits));
        test.output.dtype = out;
        test.output.shape = test.inputs[0].shape;
        const TestTensor table = RandomTensor(out, {channels, 1 << bits}, random);
        for (int64_t i = 0; i < test.output.Elements(); ++i) {
          AppendActivation(test.output, table.Get((i % channels << bits) + test.inputs[0].Get(i)));
        }
        joint::ChannelLookupT lookup;
        lookup.table = table.bytes;
        test.layer.options.Set(lookup);
        ExpectEveryKernelGives(test);
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
