#include <string>
#include <vector>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

// Of two wide tensors, the second a constant.
joint::LayerT& WideProduct(ModelT& m) {
  joint::LayerT* last = nullptr;
  for (auto& layer : m.layers) {
    if (layer->options.type == joint::Options::MatMul) last = layer.get();
  }
  return *last;
}
joint::MatMulT& Product(ModelT& m) { return *WideProduct(m).options.AsMatMul(); }
std::vector<int>& ProductShape(ModelT& m) { return m.tensors[WideProduct(m).outputs[0]]->shape; }
joint::TensorT& ProductInput(ModelT& m, size_t i) { return *m.tensors[WideProduct(m).inputs[i]]; }

void ToBytes(ModelT& m, joint::TensorT& tensor) {
  tensor.dtype = joint::DType::S8;
  tensor.quantization->zero_point = {0};
  tensor.quantization->bits = 8;
  tensor.bytes /= 2;
  m.constants[tensor.constant]->data.resize(tensor.bytes);
}

const Damage kMatMulDamages[] = {
    {"Inputs", [](ModelT& m) { WideProduct(m).inputs.pop_back(); }, "number of inputs"},
    {"InputType", [](ModelT& m) { ToBytes(m, ProductInput(m, 1)); }, "input b: must be of dtype u8 or u16"},
    {"InputTypeLeft",
     [](ModelT& m) {
       ToBytes(m, ProductInput(m, 1));
       WideProduct(m).inputs[0] = WideProduct(m).inputs[1];
     },
     "input a: must be of dtype u8 or u16"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = *m.tensors[WideProduct(m).outputs[0]];
       y.dtype = joint::DType::S8;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"VectorLeft",
     [](ModelT& m) {
       NetworkBuilder net(5);
       net.Output(net.MatMul(net.Input({1, 4}), net.Input({4, 4})));
       m = net.Finish();
       InputOf<joint::MatMulT>(m).shape = {4};
     },
     "both inputs must be matrices"},
    {"Vector", [](ModelT& m) { ProductInput(m, 1).shape = {8 * 24}; }, "both inputs must be matrices"},
    {"Rank",
     [](ModelT& m) {
       ProductShape(m) = {8, 24};
     },
     "as many axes as the larger input"},
    {"Depth",
     [](ModelT& m) {
       ProductInput(m, 1).shape = {24, 8};
     },
     "as many as the rows of input 1"},
    {"Rows",
     [](ModelT& m) {
       ProductShape(m) = {1, 4, 24};
       m.tensors[WideProduct(m).outputs[0]]->bytes /= 2;
     },
     "not the products"},
    {"Columns",
     [](ModelT& m) {
       ProductShape(m) = {3, 8, 8};
     },
     "not the products"},
    {"OtherBatches",
     [](ModelT& m) {
       NetworkBuilder net(5);
       net.Output(net.MatMul(net.Input({2, 4, 4}), net.Input({3, 4, 4})));
       m = net.Finish();
     },
     "not the broadcast"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, *m.tensors[WideProduct(m).outputs[0]]); }, "not the broadcast"},
    {"Multiplier", [](ModelT& m) { Product(m).multiplier = 5; }, "multiplier"},
    {"Shift", [](ModelT& m) { Product(m).shift = 32; }, "shift"},
    {"ClampLow", [](ModelT& m) { Product(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Product(m).clamp_high = 256; }, "clamp_high"},
    {"AccBits", [](ModelT& m) { Product(m).acc_bits = 16; }, "acc_bits"},
    {"NarrowSumOfWide", [](ModelT& m) { Product(m).acc_bits = 32; }, "acc_bits: 32 bits do not hold"},
    {"ScaledSum", [](ModelT& m) { Product(m).shift = -30; }, "shift: the scaled sum leaves 64 bits"},
};

const Damage kFloatMatMulDamages[] = {
    {"OfIntegersLeft", [](ModelT& m) { FirstLayer<joint::MatMulT>(m)->inputs[0] = m.inputs[0]->tensor; }, "input a"},
    {"OfIntegersRight", [](ModelT& m) { FirstLayer<joint::MatMulT>(m)->inputs[1] = m.inputs[0]->tensor; }, "input b"},
    {"Shape",
     [](ModelT& m) {
       OutputOf<joint::MatMulT>(m).shape = {1, 20, 80};
     },
     "not the products"},
};

INSTANTIATE_TEST_SUITE_P(MatMul, ModelDamage, testing::ValuesIn(kMatMulDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(MatMul, FloatDamage, testing::ValuesIn(kFloatMatMulDamages), DamageName);

// What the loader says of a row times a column.
std::string MessageOfDepth(int depth, joint::DType dtype) {
  NetworkBuilder net(3);
  const int row = net.Input({1, depth}, 0.1F, 0, dtype);
  net.Output(net.Dequantize(net.MatMul(row, net.Input({depth, 1}, 0.1F, 0, dtype))));
  const std::vector<uint8_t> file = Write(net.Finish());
  const Result<Model> model = Model::Copy(file.data(), file.size());
  return model.ok() ? "" : model.status().message();
}

TEST(MatMulDepth, IsBoundByTheAccumulator) {
  EXPECT_EQ(MessageOfDepth(33025, joint::DType::U8), "");
  EXPECT_NE(MessageOfDepth(33026, joint::DType::U8).find("acc_bits: 32 bits do not hold"), std::string::npos);
  EXPECT_EQ(MessageOfDepth(8388863, joint::DType::U16), "");
  EXPECT_NE(MessageOfDepth(8388865, joint::DType::U16).find("shape: a sum of products leaves 55 bits"),
            std::string::npos);
}

TEST(MatMul, SumsIn32BitsAreOfBytes) {
  for (const bool left : {false, true}) {
    NetworkBuilder net(3);
    const int wide = net.Input({1, 1}, 0.1F, 0, joint::DType::U16);
    const int bytes = net.Input({1, 1});
    net.Output(net.MatMul(left ? wide : bytes, left ? bytes : wide));
    ModelT model = net.Finish();
    FirstOptions<joint::MatMulT>(model)->shift = -1;
    EXPECT_EQ(MessageOf(model), "");
    FirstOptions<joint::MatMulT>(model)->acc_bits = 32;
    EXPECT_NE(MessageOf(model).find("acc_bits: 32 bits do not hold"), std::string::npos);
  }
}

TEST(MatMul, IsBoundByItsWork) {
  NetworkBuilder net(3);
  net.Output(net.MatMul(net.Input({3, 5}), net.Input({5, 7})));
  ExpectWork(net.Finish(), 21 + 21 * 5);

  NetworkBuilder floats(3);
  const int a = floats.Dequantize(floats.Input({3, 5}));
  const int b = floats.Dequantize(floats.Input({5, 7}));
  floats.Output(floats.FloatMatMul(a, b));
  ExpectWork(floats.Finish(), 15 + 35 + 21 + 21 * 5);
}

TEST(MatMul, TakesBatchesThatAreEqualOrOne) {
  for (const int left : {1, 3}) {
    for (const int right : {1, 3}) {
      NetworkBuilder net(3);
      net.Output(net.MatMul(net.Input({left, 2, 4}), net.Input({right, 4, 5})));
      EXPECT_EQ(MessageOf(net.Finish()), "") << left << " and " << right;
    }
  }
}

}  // namespace
}  // namespace lockstep::test
