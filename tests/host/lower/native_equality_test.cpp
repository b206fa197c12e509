// The runtime, natively, against the reference engine: every layer of random networks, byte by byte.
#include <gtest/gtest.h>

#include <random>

#include "equal_layers.h"
#include "graph_builder.h"
#include "lockstep/runtime.h"
#include "lower/lower.h"
#include "support/joint_models.h"

namespace lockstep::test {
namespace {

TEST(NativeEquality, EveryOperator) {
  ExpectEqualLayers(Write(SmallNetwork()), 1, 1);
  ExpectEqualLayers(Write(TransposedNetwork()), 1, 2);
}

// It lies as many words behind the whole as it has bytes in front of it, just behind the whole's end.
TEST(NativeEquality, APartOfWordsIsNotWithinBytes) {
  NetworkBuilder net(9);
  const int x = net.Input({1, 64});
  const int bytes = net.Lookup(x);
  const int words = net.Rescale(x, joint::DType::U16);
  const int whole = net.Concat({bytes, words}, 1);
  net.Output(net.Dequantize(whole));
  joint::ModelT model = net.Finish();
  const auto end = static_cast<int64_t>(model.arena_size + 63) / 64 * 64;
  model.tensors[whole]->arena_offset = end;
  model.tensors[words]->arena_offset = end + 2 * 64;
  model.arena_size = static_cast<uint64_t>(end) + 4 * 64;
  ExpectEqualLayers(Write(model), 9, 1);
}

TEST(NativeEquality, ConvolutionsPaddedBeyondTheirWindows) {
  NetworkBuilder net(8);
  const int x = net.Input({1, 5, 6, 7});
  ConvShape shape;
  shape.pad_top = 4;
  shape.pad_left = 0;
  shape.pad_bottom = 9;
  shape.pad_right = 5;
  for (const int kernel : {1, 3}) {
    for (const int stride : {1, 2}) {
      shape.kernel_h = shape.kernel_w = kernel;
      shape.stride_h = shape.stride_w = stride;
      net.Output(net.Dequantize(net.Conv(x, shape)));
      net.Output(net.Dequantize(net.DepthwiseConv(x, shape)));
    }
  }
  ExpectEqualLayers(Write(net.Finish()), 8, 2);
}

TEST(NativeEquality, RandomJointModels) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ExpectEqualLayers(Write(RandomNetwork(seed, 14)), seed, 1 + static_cast<int>(seed % 3));
    if (testing::Test::HasFailure()) return;
  }
}

// A random graph of every operator that lowering takes, with random widths.
QuantizedSample RandomGraph(uint32_t seed) {
  using graph::TensorId;
  std::mt19937 random(seed);
  const auto pick = [&](uint32_t count) { return static_cast<int64_t>(random() % count); };
  GraphBuilder builder(seed);
  const int64_t side = 6 + pick(8);
  const auto x = builder.Input("x", {1, 1 + pick(4), side, side + pick(3)});
  const graph::ActivationKind kinds[] = {graph::ActivationKind::kNone, graph::ActivationKind::kRelu,
                                         graph::ActivationKind::kSilu, graph::ActivationKind::kTanh};
  const int64_t channels = 1 + pick(24);
  std::vector<TensorId> images = {builder.Conv(x, channels, 3, 1, 1, kinds[pick(4)])};
  const auto any = [&] { return images[static_cast<size_t>(pick(static_cast<uint32_t>(images.size())))]; };
  PlainQuantization options;
  options.share_moves = pick(2) == 0;
  for (int step = 0; step < 10; ++step) {
    const TensorId a = any();
    const graph::Shape shape = builder.shape(a);
    switch (pick(20)) {
      case 0:
        images.push_back(builder.Conv(a, channels, 1 + 2 * pick(2), 1, 1, kinds[pick(4)]));
        break;
      case 1:
        images.push_back(builder.Conv(a, channels, 3, 1, channels, kinds[pick(4)]));
        break;
      case 2:
        images.push_back(builder.Node("Add", {a, any()}, {}, {kinds[pick(3)], 0.0, 0.0}));
        break;
      case 3:
        images.push_back(builder.Node("Mul", {a, any()}));
        break;
      case 4:
        images.push_back(builder.Node("Sub", {builder.Constant({channels, 1, 1}, builder.Random(channels)), a}));
        break;
      case 5:
        images.push_back(builder.Node("MaxPool", {a},
                                      {{"kernel_shape", std::vector<int64_t>{3, 3}},
                                       {"strides", std::vector<int64_t>{1, 1}},
                                       {"pads", std::vector<int64_t>{1, 1, 1, 1}}}));
        break;
      case 6: {
        static const char* const kFunctions[] = {"Sigmoid", "Abs", "Cos", "Erf", "Tan", "Log", "Sqrt", "Reciprocal"};
        const auto near = builder.Node("Add", {builder.Node("Sigmoid", {a}), builder.Constant({}, {0.5F})});
        images.push_back(builder.Node(kFunctions[(seed + static_cast<uint32_t>(step)) % 8], {near}));
        break;
      }
      case 7:
        images.push_back(builder.Node("Mul", {a, builder.Constant({}, {1.0F / (0.5F + static_cast<float>(pick(9)))})}));
        break;
      case 8:
        images.push_back(builder.Conv(builder.Node("Concat", {a, any()}, {{"axis", int64_t{1}}}), channels, 1));
        break;
      case 9:
        images.push_back(builder.Node("AveragePool", {a},
                                      {{"kernel_shape", std::vector<int64_t>{3, 5}},
                                       {"pads", std::vector<int64_t>{1, 2, 1, 2}},
                                       {"count_include_pad", pick(2)}}));
        break;
      case 11: {
        const int64_t width = shape[3];
        const auto scale = builder.Constant({width}, builder.Random(static_cast<size_t>(width)));
        images.push_back(builder.Node("LayerNormalization", {a, scale}, {{"axis", 2 + pick(2)}}));
        break;
      }
      case 15: {
        const std::vector<int64_t> pads = {0, 0, pick(3), 0, 0, 0, 0, pick(3)};
        const std::string modes[] = {"constant", "edge", "reflect", "wrap"};
        const auto value = builder.Constant({}, {static_cast<float>(pick(3)) - 1.0F});
        const auto wide = builder.Node("Pad", {a, builder.Ints(pads), value}, {{"mode", modes[pick(4)]}});
        images.push_back(builder.Node(
            "Slice", {wide, builder.Ints({pads[2], pads[7]}), builder.Ints({pads[2] + shape[2], pads[7] + shape[3]}),
                      builder.Ints({2, 3}), builder.Ints({1, 1})}));
        break;
      }
      case 16: {
        const int64_t axis = 1 + pick(3);
        std::vector<int64_t> indices;
        for (int64_t i = 0; i < shape[axis]; ++i) indices.push_back(pick(static_cast<uint32_t>(shape[axis])));
        images.push_back(builder.Node("Gather", {a, builder.Ints(indices)}, {{"axis", axis}}));
        break;
      }
      case 17:
        images.push_back(builder.Node(pick(2) == 0 ? "Max" : "Min", {a, any()}));
        break;
      case 18: {
        const std::string ops[] = {"ReduceMax", "ReduceMin", "ReduceSum"};
        const auto reduced = builder.Node(ops[pick(3)], {a}, {{"axes", std::vector<int64_t>{1 + pick(3)}}});
        images.push_back(builder.Node("Add", {a, reduced}));
        break;
      }
      case 14: {
        const auto count = static_cast<size_t>(channels);
        images.push_back(
            builder.Node("PRelu", {a, builder.Constant({channels, 1, 1}, builder.Random(count, -0.5F, 1.0F))}));
        break;
      }
      case 13: {
        int64_t axis = 1 + pick(3);
        if (shape[static_cast<size_t>(axis)] == 1) axis = 3;  // what is left of one element is 0 and has no scale
        const auto mean = builder.Node("ReduceMean", {a}, {{"axes", std::vector<int64_t>{axis}}});
        images.push_back(builder.Node("Sub", {a, mean}));
        break;
      }
      case 10: {
        const auto turned = builder.Node("Transpose", {any()}, {{"perm", std::vector<int64_t>{0, 1, 3, 2}}});
        const auto product = builder.Node("MatMul", {a, turned});
        images.push_back(builder.Node("MatMul", {product, any()}));
        break;
      }
      case 12: {
        const int64_t groups = channels % 2 == 0 ? 1 + pick(2) : 1;
        const auto taps = static_cast<size_t>(channels * channels / groups * 16);
        const auto weights = builder.Constant({channels, channels / groups, 4, 4}, builder.Random(taps, -0.1F, 0.1F));
        const auto larger = builder.Node(
            "ConvTranspose", {a, weights},
            {{"strides", std::vector<int64_t>{2, 2}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"group", groups}},
            {kinds[pick(4)], 0.0, 0.0});
        images.push_back(builder.Conv(larger, channels, 1, 2));
        break;
      }
      default: {
        const auto halves =
            builder.Split(builder.Node("Concat", {a, any()}, {{"axis", int64_t{1}}}), 1, {channels, channels});
        images.push_back(halves[static_cast<size_t>(pick(2))]);
        break;
      }
    }
  }
  const TensorId last = images.back();
  const TensorId logits = builder.Conv(last, 4, 1);
  const int64_t area = builder.shape(logits)[2] * builder.shape(logits)[3];
  const auto boxes = builder.Node("Reshape", {logits, builder.Ints({1, 4, area})});
  const auto moved = builder.Node("Add", {boxes, builder.Constant({1, 1, area}, builder.Random(area))});
  const auto shares =
      builder.Node("Softmax", {builder.Node("Reshape", {builder.Conv(last, 6, 1), builder.Ints({1, 6, area})})},
                   {{"axis", int64_t{1}}});
  const auto joined = builder.Node("Concat", {moved, shares}, {{"axis", int64_t{1}}});
  builder.Output(joined);
  builder.Output(builder.Node("Resize", {any(), graph::kNoTensor, builder.Constant({4}, {1.0F, 1.0F, 2.0F, 2.0F})},
                              {{"mode", std::string("nearest")}}));
  const TensorId from = pick(2) == 0 ? moved : any();
  const int64_t axis = 1 + pick(static_cast<uint32_t>(builder.shape(from).size() - 1));
  const auto best = builder.TopK(from, axis, 1 + pick(static_cast<uint32_t>(builder.shape(from)[axis])), pick(2) == 0);
  builder.Output(best[0]);
  builder.Output(best[1]);
  const std::vector<int64_t> axes[] = {{2, 3}, {1}, {1, 3}};
  const auto mean = builder.Node("ReduceMean", {any()}, {{"axes", axes[pick(3)]}, {"keepdims", int64_t{0}}});
  builder.Output(mean);
  options.sixteen_bits = {logits, boxes, moved};
  if (pick(2) == 0) options.sixteen_bits.insert(mean);
  if (pick(2) == 0) options.floats = {joined};
  constexpr const char* kModes[] = {"linear", "cubic"};
  constexpr const char* kCoordinates[] = {"half_pixel", "align_corners", "asymmetric"};
  const std::vector<float> scales = {1.0F, 1.0F, 0.5F + 0.25F * static_cast<float>(pick(9)), 2.0F};
  const auto resized = builder.Node(
      "Resize", {last, graph::kNoTensor, builder.Constant({4}, scales)},
      {{"mode", std::string(kModes[pick(2)])}, {"coordinate_transformation_mode", std::string(kCoordinates[pick(3)])}});
  builder.Output(resized);
  if (pick(2) == 0) options.sixteen_bits.insert(resized);
  const graph::Shape size = builder.shape(last);
  const auto base = builder.Constant({1, size[2], size[3], 2}, builder.Random(2 * size[2] * size[3], -1.5F, 1.5F));
  const auto offsets =
      builder.Node("Transpose", {builder.Conv(last, 2, 3)}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  const auto grid = pick(2) == 0 ? base : builder.Node("Add", {base, offsets});
  constexpr const char* kSampling[] = {"bilinear", "nearest"};
  constexpr const char* kPaddings[] = {"zeros", "border", "reflection"};
  const auto sampled = builder.Node("GridSample", {last, grid},
                                    {{"mode", std::string(kSampling[pick(2)])},
                                     {"padding_mode", std::string(kPaddings[pick(3)])},
                                     {"align_corners", pick(2)}});
  builder.Output(sampled);
  if (pick(2) == 0) options.sixteen_bits.insert(sampled);
  if (pick(2) == 0) options.sixteen_bits.insert(grid);
  const auto corners = builder.Node("Transpose", {moved}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  builder.Output(builder.Node("NonMaxSuppression",
                              {corners, shares, builder.Ints({1 + pick(9)}), builder.Constant({}, {0.4F})},
                              {{"center_point_box", pick(2)}, {"padded", int64_t{1}}}));
  if (pick(2) == 0) {
    // Islands of floats; now and then everything.
    const int64_t share = 1 + pick(4);
    for (const graph::Node& node : builder.graph().nodes) {
      if (pick(4) < share) options.islands.insert(node.outputs.begin(), node.outputs.end());
    }
  }
  return QuantizePlainly(builder.graph(), options, seed);
}

int StridedTensors(const std::vector<uint8_t>& file) {
  int count = 0;
  for (const joint::Tensor* tensor : *joint::GetModel(file.data())->tensors()) {
    count += tensor->strides() != nullptr ? 1 : 0;
  }
  return count;
}

TEST(NativeEquality, RandomLoweredGraphs) {
  int strided = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const QuantizedSample sample = RandomGraph(seed);
    const std::vector<uint8_t> file = lower::Lower(sample.quantized, {});
    strided += StridedTensors(file);
    ExpectEqualLayers(file, seed, 1 + static_cast<int>(seed % 2));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(strided, 10) << "networks whose Concats and Splits copy nothing are too few to show anything";
}

// What lowering wrote is what a board's self-test checks.
TEST(NativeEquality, SelfTestPasses) {
  const QuantizedSample sample = RandomGraph(7);
  lower::LowerOptions options;
  options.test_inputs = sample.input_bytes;
  const std::vector<uint8_t> file = lower::Lower(sample.quantized, options);
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  Result<Session> session = Session::Create(model.value(), {});
  ASSERT_TRUE(session.ok()) << session.status().message();
  int32_t passed = 0;
  const Status status = RunSelfTest(session.value(), &passed);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(passed, 2);
}

}  // namespace
}  // namespace lockstep::test
