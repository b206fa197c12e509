// A network with two outputs. One sees nothing but the peaks of a tensor, which an observer that rounds its many small
// values finely cuts off; the other hardly counts the largest channel of a tensor, which takes all the levels. So each
// of the two needs another observer, and the error of the tensor itself chooses wrong.
#include "compiler/auto_observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/compiler.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/small_graph.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kChannels = 8;
constexpr float kPeak = 3.0F;

graph::Graph PeaksAndTails() {
  testing::SmallGraph net;
  const graph::TensorId x = net.Input("x", {1, 3, 32, 32});
  const auto conv = [&](graph::TensorId from, int64_t in, const std::vector<float>& weights, float bias) {
    const graph::TensorId w = net.Floats({kChannels, in, 1, 1}, weights);
    return net.Add("Conv", {from, w, net.Floats({kChannels}, std::vector<float>(kChannels, bias))});
  };
  const graph::TensorId spread = conv(x, 3, testing::NormalWeights(kChannels * 3, 5), 0.0F);
  const graph::TensorId square = net.Add("Mul", {spread, spread});
  const graph::TensorId peaked = net.Add("Mul", {square, square});
  std::vector<float> same(kChannels * kChannels, 0.0F);
  for (size_t i = 0; i < same.size(); i += kChannels + 1) same[i] = 1.0F;
  const graph::TensorId peaks = net.Add("Relu", {conv(peaked, kChannels, same, -kPeak)});

  std::vector<float> wide = testing::NormalWeights(kChannels * 3, 1);
  for (size_t i = 0; i < 3; ++i) wide[i] = 100.0F;
  std::vector<float> behind = testing::NormalWeights(kChannels * kChannels, 2);
  for (size_t i = 0; i < behind.size(); i += kChannels) behind[i] *= 1e-4F;
  const graph::TensorId tails = conv(net.Add("Relu", {conv(x, 3, wide, 0.1F)}), kChannels, behind, 0.0F);
  return net.Finish({peaks, tails});
}

class AutoObserverTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(PeaksAndTails(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 12);
  }

  ordered_json BuildWith(const ordered_json& more, const std::string& out = "out") {
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path(out).string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 6},
                      {"tail_bits", 8},
                      {"precision", "int8"}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {}).summary;
  }

  std::string Model(const std::string& out) const { return ReadText(Path(out + "/net.joint")); }

  // Of the outputs on pictures that nothing was made from, as a share of their energy.
  static double Error(const ordered_json& report) {
    EXPECT_TRUE(report.at("judgement").at("held_back"));
    double error = 0.0;
    for (const ordered_json& tensor : report.at("judgement").at("tensors")) {
      if (tensor.at("output")) error += std::pow(10.0, -tensor.at("sqnr_db").get<double>() / 10.0);
    }
    return error;
  }

  static const ordered_json& RangesOf(const ordered_json& report, const std::string& tensor) {
    for (const ordered_json& group : report.at("observers").at("ranges")) {
      const ordered_json& tensors = group.at("tensors");
      if (std::find(tensors.begin(), tensors.end(), tensor) != tensors.end()) return group;
    }
    ADD_FAILURE() << "no ranges of " << tensor << ":\n" << report.at("observers").dump(1);
    static const ordered_json kNone;
    return kNone;
  }
  static double ErrorOf(const ordered_json& group, const std::string& observer) {
    for (const ordered_json& range : group.at("tried")) {
      const ordered_json& names = range.at("observers");
      if (std::find(names.begin(), names.end(), observer) != names.end()) return range.at("error");
    }
    ADD_FAILURE() << observer << " was not tried: " << group.dump(1);
    return 0.0;
  }
};

constexpr const char* kObservers[] = {"minmax", "moving_average", "percentile", "mse", "kl", "admm", "octav"};
constexpr char kPeaked[] = "Mul_2";
constexpr char kTailed[] = "Relu_6";

TEST_F(AutoObserverTest, EachTensorGetsTheObserverThatTheOutputsNeed) {
  const ordered_json report = BuildWith({{"observer", "auto"}});
  EXPECT_EQ(report.at("observers").at("kept"), "auto");
  const ordered_json& peaked = RangesOf(report, kPeaked);
  const ordered_json& tailed = RangesOf(report, kTailed);
  EXPECT_EQ(peaked.at("observer"), "minmax") << peaked.dump(1);
  EXPECT_EQ(tailed.at("observer"), "kl") << tailed.dump(1);
  // By the error of the tensor itself mse would be the best of both.
  EXPECT_LT(ErrorOf(peaked, "minmax"), 0.5 * ErrorOf(peaked, "mse")) << peaked.dump(1);
  EXPECT_LT(ErrorOf(tailed, "kl"), 0.5 * ErrorOf(tailed, "mse")) << tailed.dump(1);
  EXPECT_GT(ErrorOf(peaked, "kl"), 100 * ErrorOf(peaked, "minmax")) << peaked.dump(1);
}

TEST_F(AutoObserverTest, TheOutputsAreBetterThanWithOneObserverForAll) {
  const double with_auto = Error(BuildWith({{"observer", "auto"}}));
  for (const char* observer : kObservers) {
    EXPECT_LT(with_auto, 0.6 * Error(BuildWith({{"observer", observer}}))) << observer;
  }
}

// Of lost outputs the observer that makes them zero would have the least error.
TEST_F(AutoObserverTest, WhereTheOutputsAreLostWithEachMinmaxIsKept) {
  const ordered_json report = BuildWith({{"observer", "auto"}, {"activation_bits", 2}, {"weight_bits", 2}});
  const ordered_json& observers = report.at("observers");
  double least = std::numeric_limits<double>::infinity();
  double minmax = 0.0;
  for (const ordered_json& judged : observers.at("judged")) {
    least = std::min(least, judged.at("error").get<double>());
    if (judged.at("observer") == "minmax") minmax = judged.at("error");
  }
  ASSERT_LT(least, minmax) << "else it is kept anyway: " << observers.at("judged").dump(1);
  EXPECT_EQ(observers.at("kept"), "minmax");
  EXPECT_NE(report.at("notes").dump().find("observer auto"), std::string::npos) << report.at("notes").dump(1);
}

TEST_F(AutoObserverTest, OfAllThatWasJudgedTheBestIsKept) {
  const ordered_json observers = BuildWith({{"observer", "auto"}}).at("observers");
  double kept = 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (const ordered_json& judged : observers.at("judged")) {
    least = std::min(least, judged.at("error").get<double>());
    if (judged.at("observer") == observers.at("kept")) kept = judged.at("error");
  }
  EXPECT_EQ(kept, least) << observers.at("judged").dump(1);
  EXPECT_TRUE(observers.at("held_back"));
}

TEST_F(AutoObserverTest, IsTheSameForAnyNumberOfThreads) {
  const ordered_json one = BuildWith({{"observer", "auto"}, {"threads", 1}}, "one");
  const ordered_json two = BuildWith({{"observer", "auto"}, {"threads", 2}}, "two");
  EXPECT_EQ(one.at("observers").at("ranges").size(), two.at("observers").at("ranges").size());
  for (const char* tensor : {kPeaked, kTailed}) {
    EXPECT_EQ(RangesOf(one, tensor).at("observer"), RangesOf(two, tensor).at("observer"));
  }
  EXPECT_TRUE(Model("one") == Model("two"));
}

TEST_F(AutoObserverTest, StandsInTheCalibrationFileAndIsNotFoundAnew) {
  BuildWith({{"observer", "auto"}});
  const ordered_json file = ordered_json::parse(ReadText(Path("out/quant/calibration.json")));
  const auto observer_of = [&](const char* tensor) {
    return file.at("tensors").at(tensor).at("calibrated").at("observer").get<std::string>();
  };
  EXPECT_EQ(observer_of(kPeaked), "minmax");
  EXPECT_EQ(observer_of(kTailed), "kl");
  const ordered_json again{{"from_calibration", Path("out/quant/calibration.json").string()},
                           {"output_dir", Path("again").string()}};
  const BuildResult result = Build(ParseConfig(again, "test"), {});
  EXPECT_FALSE(result.summary.contains("observers"));
  EXPECT_TRUE(Model("out") == Model("again"));
}

TEST_F(AutoObserverTest, IsSaidOfPartsAsWell) {
  const ordered_json tailed{{"tensors", kTailed}, {"observer", "auto"}};
  const ordered_json one = BuildWith({{"layer_configs", {tailed}}}).at("observers");
  ASSERT_EQ(one.at("ranges").size(), 1U);
  EXPECT_EQ(one.at("ranges").at(0).at("observer"), "kl");

  const ordered_json peaked{{"tensors", kPeaked}, {"observer", "mse"}};
  const ordered_json others = BuildWith({{"observer", "auto"}, {"layer_configs", {peaked}}}).at("observers");
  for (const ordered_json& group : others.at("ranges")) EXPECT_NE(group.at("tensors").at(0), kPeaked);
  EXPECT_GT(others.at("ranges").size(), 1U);
}

TEST_F(AutoObserverTest, NothingIsMeasuredWithoutIt) {
  EXPECT_FALSE(BuildWith(ordered_json::object()).contains("observers"));
}

TEST_F(AutoObserverTest, ANetworkOfWeightsOrFeaturesAloneHasNoSuchOutputs) {
  for (const char* only : {"weights", "features"}) {
    EXPECT_THROW(BuildWith({{"observer", "auto"}, {"precision", "auto"}, {"quantize_only", only}}), UsageError);
  }
}

}  // namespace
}  // namespace lockstep::compiler
