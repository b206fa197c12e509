// Networks in which every tensor, every value in front of a table and the weights of every node have a width of their
// own: each node is within half a step, and the runtime gives the bytes of the reference engine.
#include <gtest/gtest.h>

#include "equal_layers.h"
#include "lowered.h"

namespace lockstep::test {
namespace {

using graph::ActivationKind;
using graph::TensorId;
using Ints = std::vector<int64_t>;

class WidthsNetwork {
 public:
  explicit WidthsNetwork(uint32_t seed) : random_(seed), builder_(seed) {
    images_ = {builder_.Input("x", {1, 3, Pick(4, 9), Pick(4, 9)})};
    for (int step = 0; step < 7; ++step) images_.push_back(Step(images_[static_cast<size_t>(Pick(0, step))]));
    builder_.Output(images_.back());
    builder_.Output(builder_.Node("Softmax", {images_[4]}, {{"axis", int64_t{1}}}));
    options_.share_moves = Pick(0, 1) == 0;
    for (const graph::Node& node : builder_.graph().nodes) {
      for (const TensorId id : node.outputs) options_.bits[id] = Width();
      if (node.pre_activation != graph::kNoTensor) options_.bits[node.pre_activation] = Width();
      options_.weight_bits[node.outputs[0]] = Width();
    }
  }

  Lowered Lower() { return LowerPlainly(builder_, options_); }

 private:
  int64_t Pick(int64_t low, int64_t high) { return low + static_cast<int64_t>(random_() % (high - low + 1)); }
  int Width() { return static_cast<int>(Pick(0, 3) == 0 ? Pick(2, 7) : Pick(8, 16)); }

  ActivationKind Function() {
    constexpr ActivationKind kKinds[] = {ActivationKind::kNone,    ActivationKind::kRelu, ActivationKind::kSilu,
                                         ActivationKind::kSigmoid, ActivationKind::kTanh, ActivationKind::kHardSwish};
    return kKinds[Pick(0, 5)];
  }

  TensorId Transposed(TensorId x) {
    const int64_t in = builder_.shape(x)[1];
    const int64_t out = Pick(1, 9);
    const int64_t kernel = Pick(1, 3);
    const auto weights = builder_.Constant(
        {in, out, kernel, kernel}, builder_.Random(static_cast<size_t>(in * out * kernel * kernel), -0.5F, 0.5F));
    const auto bias = builder_.Constant({out}, builder_.Random(static_cast<size_t>(out)));
    const int64_t stride = Pick(1, 2);
    return builder_.Node("ConvTranspose", {x, weights, bias}, {{"strides", Ints{stride, stride}}}, {Function()});
  }

  TensorId Step(TensorId x) {
    const graph::Shape shape = builder_.shape(x);
    const int64_t channels = shape[1];
    switch (Pick(0, 13)) {
      case 0:
      case 1:
        return builder_.Conv(x, Pick(1, 40), 2 * Pick(0, 1) + 1, 1, 1, Function());
      case 2:
        return builder_.Conv(x, channels, 3, 1, channels, Function());
      case 3:
        return shape[2] * shape[3] > 400 ? builder_.Conv(x, 2, 3, 2) : Transposed(x);
      case 4:
        return builder_.Node(Pick(0, 1) == 0 ? "Add" : "Sub", {x, builder_.Conv(x, channels, 1)}, {}, {Function()});
      case 5:
        return builder_.Node("Mul", {x, builder_.Conv(x, channels, 1)}, {}, {Function()});
      case 6:
        return builder_.Node("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}, {"pads", Ints{1, 0, 0, 1}}});
      case 7:
        return builder_.Node("AveragePool", {x}, {{"kernel_shape", Ints{2, 2}}, {"pads", Ints{1, 0, 0, 1}}});
      case 8:
        return builder_.Node("Concat", {x, builder_.Conv(x, Pick(1, 5), 1), x}, {{"axis", int64_t{1}}});
      case 9:
        return builder_.Node(Pick(0, 1) == 0 ? "Sigmoid" : "HardSwish", {x});
      case 10:
        return builder_.Node("Softmax", {x}, {{"axis", Pick(1, 3)}});
      case 11: {
        const auto turned = builder_.Node("Transpose", {x}, {{"perm", Ints{0, 1, 3, 2}}});
        return builder_.Node("MatMul", {x, turned});
      }
      case 12:
        return builder_.Node("PRelu",
                             {x, builder_.Constant({channels, 1, 1}, builder_.Random(static_cast<size_t>(channels)))});
      default:
        return builder_.Node("ReduceMean", {x}, {{"axes", Ints{Pick(1, 3)}}, {"keepdims", int64_t{1}}});
    }
  }

  std::mt19937 random_;
  GraphBuilder builder_;
  std::vector<TensorId> images_;
  PlainQuantization options_;
};

TEST(RandomWidths, NodesAreWithinHalfAStepAndEnginesAgree) {
  int second_versions = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Lowered lowered = WidthsNetwork(seed).Lower();
    ExpectNodesWithinHalfAStep(lowered);
    if (seed % 3 == 0) setenv("LOCKSTEP_ISA", "portable", 1);
    ExpectEqualLayers(lowered.file, seed, 1 + static_cast<int>(seed % 2));
    unsetenv("LOCKSTEP_ISA");
    for (const joint::Layer* layer : *lowered.engine->model().layers())
      second_versions += layer->version() == 2 ? 1 : 0;
  }
  EXPECT_GT(second_versions, 60);
}

}  // namespace
}  // namespace lockstep::test
