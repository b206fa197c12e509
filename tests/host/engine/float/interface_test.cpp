// What a caller may do wrong, threads, and placement in memory.
#include <gtest/gtest.h>

#include "engine/float/arena.h"
#include "graph/error.h"
#include "graph_maker.h"

namespace lockstep::testing {
namespace {

using engine::FloatEngine;
using engine::FloatTensor;

template <typename ErrorType, typename Action>
std::string MessageOf(Action action) {
  try {
    action();
  } catch (const ErrorType& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error, or another one";
  return {};
}

graph::Graph SmallGraph() {
  GraphMaker maker;
  const TensorId output = maker.Conv(maker.Input({1, 3, 4, 4}), 16, 3);
  maker.Activate({graph::ActivationKind::kRelu, 0.0, 0.0});
  return maker.Finish({output});
}

FloatTensor SmallInput() { return {{1, 3, 4, 4}, std::vector<float>(48, 0.5F)}; }

TEST(Errors, UnknownObservedName) {
  engine::FloatEngineOptions options;
  options.observed = {"Conf_0_pre"};
  const std::string message = MessageOf<UsageError>([&] { FloatEngine(SmallGraph(), options); });
  EXPECT_NE(message.find("\"Conf_0_pre\""), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean Conv_0_pre?"), std::string::npos) << message;
}

TEST(Errors, InputsThatDoNotFit) {
  FloatEngine engine(SmallGraph(), {});
  EXPECT_NE(MessageOf<UsageError>([&] {
              engine.Run({{"inptu", SmallInput()}});
            }).find("did you mean input?"),
            std::string::npos);
  EXPECT_NE(MessageOf<UsageError>([&] { engine.Run({}); }).find("'input' is missing"), std::string::npos);
  FloatTensor small = SmallInput();
  small.data.pop_back();
  const std::string message = MessageOf<UsageError>([&] { engine.Run({{"input", small}}); });
  EXPECT_NE(message.find("47 values"), std::string::npos) << message;
  EXPECT_NE(message.find("1x3x4x4"), std::string::npos) << message;
  EXPECT_EQ(engine.Run({{"input", SmallInput()}}).size(), 1U) << "an engine stays usable after an error";
}

TEST(Errors, WhatTheLibraryRefusesIsSaidInOurWords) {
  GraphMaker maker;
  const TensorId output = maker.Conv(maker.Input({1, 3, 4, 4}), 16, 3);
  maker.Activate({graph::ActivationKind::kClip, 5.0, 1.0});
  const graph::Graph graph = maker.Finish({output});
  const std::string message = MessageOf<UnsupportedModel>([&] { FloatEngine(graph, {}); });
  EXPECT_EQ(message,
            "node 'Conv_0' (Conv) of shape 1x16x4x4: the float engine cannot compute it with these attributes and "
            "shapes; cut "
            "the network in front of it with --output-nodes");
}

TEST(Errors, EveryNodeThatCannotRunIsNamed) {
  GraphMaker maker;
  const TensorId image = maker.Input({1, 16, 4, 4});
  const TensorId strange = maker.Add("Det", {image});
  const TensorId enlarged =
      maker.Add("Resize", {image, graph::kNoTensor, maker.Constant({4}, {1.0F, 1.0F, 2.0F, 2.0F})},
                {{"mode", std::string("cubic")}, {"antialias", int64_t{1}}});
  const graph::Graph graph = maker.Finish({strange, enlarged});
  const std::string message = MessageOf<UnsupportedModel>([&] { FloatEngine(graph, {}); });
  EXPECT_NE(message.find("'Det_0'"), std::string::npos) << message;
  EXPECT_NE(message.find("'Resize_1'"), std::string::npos) << message;
  EXPECT_NE(message.find("antialias"), std::string::npos) << message;
}

TEST(Threads, EachNumberGivesTheSameBytesAgainAndAgain) {
  GraphMaker maker;
  TensorId features = maker.Input({1, 3, 32, 32});
  for (int i = 0; i < 3; ++i) {
    features = maker.Conv(features, 32, 3);
    maker.Activate({graph::ActivationKind::kSilu, 0.0, 0.0});
  }
  const graph::Graph graph = maker.Finish({features});
  const std::map<std::string, FloatTensor> inputs = {{"input", {{1, 3, 32, 32}, std::vector<float>(3072, 0.25F)}}};
  for (const int threads : {1, 2}) {
    engine::FloatEngineOptions options;
    options.threads = threads;
    options.observed = {"Conv_1"};
    FloatEngine engine(graph, options);
    const auto first = engine.Run(inputs);
    for (int run = 0; run < 3; ++run) {
      EXPECT_EQ(engine.Run(inputs).begin()->second.data, first.begin()->second.data) << threads << " threads";
    }
  }
  engine::FloatEngineOptions two;
  two.threads = 2;
  ExpectMatchesPlain(graph, two);
}

TEST(Gemm, WithEveryAttribute) {
  GraphMaker maker;
  const TensorId a = maker.Input({5, 3});
  const TensorId b = maker.RandomConstant({4, 5});
  const TensorId c = maker.RandomConstant({1, 4});
  const TensorId output =
      maker.Add("Gemm", {a, b, c}, {{"alpha", 0.25F}, {"beta", 0.5F}, {"transA", int64_t{1}}, {"transB", int64_t{1}}});
  const graph::Graph graph = maker.Finish({output});
  FloatTensor input{{5, 3}, {}};
  for (int i = 0; i < 15; ++i) input.data.push_back(static_cast<float>(i) - 7.0F);
  const FloatTensor result = FloatEngine(graph, {}).Run({{"input", input}}).begin()->second;
  const auto& weights = graph.tensor(b).constant->floats;
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 4; ++column) {
      double sum = 0.0;
      for (size_t k = 0; k < 5; ++k) sum += input.data[k * 3 + row] * weights[column * 5 + k];
      EXPECT_NEAR(result.data[row * 4 + column], 0.25 * sum + 0.5 * graph.tensor(c).constant->floats[column], 1e-5);
    }
  }
}

TEST(MatMul, OfBatchesWithAConstant) {
  GraphMaker maker;
  const TensorId a = maker.Conv(maker.Input({1, 8, 3, 4}), 16);
  const TensorId b = maker.RandomConstant({4, 5});
  const TensorId output = maker.Add("MatMul", {a, b});
  engine::FloatEngineOptions options;
  const graph::Graph graph = maker.Finish({a, output});
  const auto results = FloatEngine(graph, options).Run({{"input", {{1, 8, 3, 4}, std::vector<float>(96, 0.5F)}}});
  const auto& left = results.at("Conv_0").data;
  const auto& right = graph.tensor(b).constant->floats;
  const auto& product = results.at("MatMul_1").data;
  for (size_t row = 0; row < 48; ++row) {
    for (size_t column = 0; column < 5; ++column) {
      double sum = 0.0;
      for (size_t k = 0; k < 4; ++k) sum += static_cast<double>(left[row * 4 + k]) * right[k * 5 + column];
      ASSERT_NEAR(product[row * 5 + column], sum, 1e-5);
    }
  }
}

TEST(AveragePool, OfBlocksWithAndWithoutPadding) {
  for (const int64_t include : {0, 1}) {
    GraphMaker maker;
    const TensorId image = maker.Conv(maker.Input({1, 8, 6, 6}), 20);
    const TensorId pooled = maker.Add("AveragePool", {image},
                                      {{"kernel_shape", std::vector<int64_t>{3, 3}},
                                       {"strides", std::vector<int64_t>{2, 2}},
                                       {"pads", std::vector<int64_t>{1, 1, 0, 0}},
                                       {"count_include_pad", include}});
    const TensorId overall = maker.Add("GlobalAveragePool", {image});
    const graph::Graph graph = maker.Finish({image, pooled, overall});
    const auto results = FloatEngine(graph, {}).Run({{"input", {{1, 8, 6, 6}, std::vector<float>(288, 0.5F)}}});
    const auto& from = results.at("Conv_0").data;
    for (size_t c = 0; c < 20; ++c) {
      double total = 0.0;
      for (size_t i = 0; i < 36; ++i) total += from[c * 36 + i];
      EXPECT_NEAR(results.at("GlobalAveragePool_2").data[c], total / 36.0, 1e-5);
      for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x) {
          double sum = 0.0;
          int count = 0;
          for (int dy = -1; dy < 2; ++dy) {
            for (int dx = -1; dx < 2; ++dx) {
              if (2 * y + dy < 0 || 2 * x + dx < 0) continue;
              sum += from[c * 36 + static_cast<size_t>((2 * y + dy) * 6 + 2 * x + dx)];
              ++count;
            }
          }
          const double expected = sum / (include != 0 ? 9 : count);
          ASSERT_NEAR(results.at("AveragePool_1").data[c * 9 + static_cast<size_t>(y * 3 + x)], expected, 1e-5);
        }
      }
    }
  }
}

TEST(AveragePool, WindowsBeyondThePaddingAreNotCounted) {
  GraphMaker maker;
  const TensorId pooled = maker.Add("AveragePool", {maker.Input({1, 2, 5, 5})},
                                    {{"kernel_shape", std::vector<int64_t>{2, 2}},
                                     {"strides", std::vector<int64_t>{2, 2}},
                                     {"ceil_mode", int64_t{1}},
                                     {"count_include_pad", int64_t{1}}});
  const graph::Graph graph = maker.Finish({pooled});
  ExpectMatchesPlain(graph);
}

TEST(Arena, BuffersThatLiveTogetherDoNotOverlap) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<engine::ArenaBuffer> buffers(40);
    for (engine::ArenaBuffer& buffer : buffers) {
      buffer.bytes = random() % 5000 + 1;
      buffer.first = static_cast<int>(random() % 30);
      buffer.last = buffer.first + static_cast<int>(random() % 6);
    }
    const size_t size = engine::PlaceBuffers(buffers);
    for (const auto& a : buffers) {
      EXPECT_LE(a.offset + a.bytes, size);
      EXPECT_EQ(a.offset % 64, 0U);
      for (const auto& b : buffers) {
        if (&a == &b || a.last < b.first || b.last < a.first) continue;
        EXPECT_TRUE(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset);
      }
    }
  }
}

TEST(Arena, MemoryIsUsedAgain) {
  std::vector<engine::ArenaBuffer> chain(20, {6400, 0, 0, 0});
  for (size_t i = 0; i < chain.size(); ++i) {
    chain[i].first = static_cast<int>(i);
    chain[i].last = static_cast<int>(i) + 1;
  }
  EXPECT_EQ(engine::PlaceBuffers(chain), 2U * 6400U);
}

}  // namespace
}  // namespace lockstep::testing
