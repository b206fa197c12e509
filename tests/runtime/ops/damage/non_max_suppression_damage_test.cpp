#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::NonMaxSuppressionT& Selecting(ModelT& m) { return *FirstOptions<joint::NonMaxSuppressionT>(m); }
joint::LayerT& SelectingLayer(ModelT& m) { return *FirstLayer<joint::NonMaxSuppressionT>(m); }
joint::TensorT& Selected(ModelT& m) { return OutputOf<joint::NonMaxSuppressionT>(m); }

// The boxes are 1 x 24 x 4, the scores 1 x 40 x 24, two boxes for each class: the output is 80 x 3.
const Damage kNonMaxSuppressionDamages[] = {
    {"OneInput", [](ModelT& m) { SelectingLayer(m).inputs.pop_back(); }, "number of inputs is 1"},
    {"TwoOutputs", [](ModelT& m) { SelectingLayer(m).outputs.push_back(SelectingLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"BoxType", [](ModelT& m) { SelectingLayer(m).inputs[0] = m.inputs[0]->tensor; }, "boxes: must be of dtype f32"},
    {"ScoreType", [](ModelT& m) { SelectingLayer(m).inputs[1] = m.inputs[0]->tensor; }, "scores: must be of dtype f32"},
    {"OutputType",
     [](ModelT& m) {
       Selected(m).dtype = joint::DType::F32;
       Selected(m).shape = {160, 3};
     },
     "output: must be of dtype s64"},
    {"BoxRank", [](ModelT& m) { SelectingLayer(m).inputs[0] = FirstLayer<joint::UnaryT>(m)->inputs[0]; },
     "boxes: must have three axes"},
    {"BoxNumbers", [](ModelT& m) { SelectingLayer(m).inputs[0] = SelectingLayer(m).inputs[1]; },
     "boxes: must have three axes, the last of 4"},
    {"ScoreRank", [](ModelT& m) { SelectingLayer(m).inputs[1] = FirstLayer<joint::UnaryT>(m)->inputs[0]; },
     "scores: must have three axes"},
    {"ScoreCount", [](ModelT& m) { SelectingLayer(m).inputs[1] = SelectingLayer(m).inputs[0]; },
     "scores: must have three axes"},
    {"NoBoxes", [](ModelT& m) { Selecting(m).most = 0; }, "most is 0, must be 1..24"},
    {"ManyBoxes", [](ModelT& m) { Selecting(m).most = 25; }, "most is 25, must be 1..24"},
    {"Rows", [](ModelT& m) { Selecting(m).most = 3; }, "shape: the output must have three columns, and a row"},
    {"Columns",
     [](ModelT& m) {
       Selected(m).shape = {120, 2};
     },
     "shape: the output must have three columns"},
    {"OutputRank",
     [](ModelT& m) {
       Selected(m).shape = {80, 3, 1};
     },
     "shape: the output must have three columns"},
};

INSTANTIATE_TEST_SUITE_P(NonMaxSuppression, FloatDamage, testing::ValuesIn(kNonMaxSuppressionDamages), DamageName);

// 2 classes of 10 boxes: each is put into order (32), and compared with 3 (16 each).
TEST(NonMaxSuppression, IsBoundByItsWork) {
  NetworkBuilder net(4);
  joint::NonMaxSuppressionT options;
  options.most = 3;
  const int x = net.Input({1, 1, 1, 1});
  const int boxes = net.FloatConstant({1, 10, 4});
  net.Output(net.Dequantize(x));
  net.Output(net.NonMaxSuppression(boxes, net.FloatConstant({1, 2, 10}), options));
  ExpectWork(net.Finish(), 20 * (32 + 16 * 3) + 18 + 1);
}

TEST(NonMaxSuppression, OfOneBatch) {
  NetworkBuilder net(4);
  joint::NonMaxSuppressionT options;
  options.most = 3;
  const int boxes = net.FloatConstant({2, 10, 4});
  net.Output(net.Dequantize(net.Input({1, 1, 1, 1})));
  net.Output(net.NonMaxSuppression(boxes, net.FloatConstant({1, 2, 10}), options));
  EXPECT_NE(MessageOf(net.Finish()).find("scores: must have three axes"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
