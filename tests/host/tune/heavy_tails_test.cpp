// Networks of depthwise convolutions whose outputs a few heavy-tailed tensors cost most. Of the dB that 8 bits with one
// scale for each tensor lose against 16-bit activations the default settings win back three quarters, for 15 % more
// bytes at most, and `tune` 95 % of the worst part, on pictures that neither saw.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "analyze/metrics.h"
#include "compiler/compiler.h"
#include "compiler/front.h"
#include "depthwise_networks.h"
#include "files/output_file.h"
#include "import/onnx_export.h"
#include "info/model_info.h"
#include "judge/output_error.h"
#include "optimize/optimize.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"
#include "tune/tune.h"

namespace lockstep::tune {
namespace {

using nlohmann::ordered_json;

class HeavyTailsTest : public testing::FolderTest {
 protected:
  struct Built {
    ordered_json report;
    int64_t bytes = 0;   // of all tensors of the model, with weights and tables
    double sqnr = 0.0;   // dB, of the energies of all parts of the outputs
    double worst = 0.0;  // of the parts
  };

  void SetUp() override {
    testing::WritePictures(Path("pictures"), 16);
    testing::WritePictures(Path("others"), 16, 2);
  }

  ordered_json Given(const ordered_json& more) {
    ordered_json keys{{"input", Path("net.onnx").string()},
                      {"output_dir", Path("out").string()},
                      {"calibration", Path("pictures").string()},
                      {"count", 8}};
    keys.update(more);
    return keys;
  }

  Built BuildWith(const ordered_json& given) {
    const compiler::BuildResult result = compiler::Build(compiler::ParseConfig(given, "test"), {});
    const ordered_json info = info::DescribeModelFile(result.joint_model.string(), {});
    Built built{result.summary, 0, 0.0, 0.0};
    for (const ordered_json& tensor : info.at("tensors")) built.bytes += tensor.at("bytes").get<int64_t>();
    const auto others = compiler::ParseConfig(Given({{"calibration", Path("others").string()}, {"count", 0}}), "test");
    judge::OutputError error(network_, compiler::ChooseCalibration(others, network_).chosen, 0);
    const judge::OutputMetrics parts = error.Of(files::ReadFile(result.joint_model));
    built.sqnr = -10.0 * std::log10(analyze::ErrorShare(parts) / static_cast<double>(parts.size()));
    built.worst = built.sqnr;
    for (const auto& [name, metrics] : parts) built.worst = std::min(built.worst, metrics.sqnr_db);
    return built;
  }

  // `gain`: of dB in 8 bits by scales for channels.
  void WinsBack(const graph::Graph& network, double gain) {
    importer::ExportOnnx(network, Path("net.onnx").string());
    network_ = network;
    optimize::Optimize(network_);
    const Built narrow = BuildWith(Given({{"precision", "int8"}, {"activation_scales", "per_tensor"}}));
    const Built channels = BuildWith(Given({{"precision", "int8"}}));
    EXPECT_GE(channels.sqnr, narrow.sqnr + gain);
    const Built wide = BuildWith(Given({{"activation_bits", 16}}));
    ASSERT_GE(wide.sqnr, narrow.sqnr + 8.0);

    const Built automatic = BuildWith(Given(ordered_json::object()));
    const ordered_json& precision = automatic.report.at("precision");
    EXPECT_GE(Share(automatic.sqnr, narrow.sqnr, wide.sqnr), 0.75) << precision.dump(1);
    EXPECT_LE(precision.at("bytes_added").get<double>(), 0.15 * precision.at("bytes_before").get<double>());
    EXPECT_LE(static_cast<double>(automatic.bytes), 1.15 * static_cast<double>(narrow.bytes));

    const Built tuned = TuneTo(wide.worst);
    EXPECT_GE(Share(tuned.worst, narrow.worst, wide.worst), 0.95);
    std::printf(
        "%.1f dB in 8 bits, %.1f with scales for channels (%.1f %% more bytes), %.1f with 16-bit activations; by "
        "default %.1f (%.0f %%, %.1f %% more bytes); the worst "
        "part %.1f, %.1f, tuned %.1f (%.0f %%, %.1f %% more bytes)\n",
        narrow.sqnr, channels.sqnr, More(channels, narrow), wide.sqnr, automatic.sqnr,
        100.0 * Share(automatic.sqnr, narrow.sqnr, wide.sqnr), More(automatic, narrow), narrow.worst, wide.worst,
        tuned.worst, 100.0 * Share(tuned.worst, narrow.worst, wide.worst), More(tuned, narrow));
  }

 private:
  static double Share(double value, double from, double to) { return (value - from) / (to - from); }
  static double More(const Built& built, const Built& than) {
    return 100.0 * (static_cast<double>(built.bytes) / static_cast<double>(than.bytes) - 1.0);
  }

  Built TuneTo(double sqnr) {
    TuneOptions options;
    options.target.kind = Target::Kind::kSqnr;
    options.target.value = sqnr;
    options.most_checks = 30;
    const ordered_json given = Given(ordered_json::object());
    const TuneResult result = Tune(compiler::ParseConfig(given, "test"), given, options, {});
    EXPECT_TRUE(result.search.reached) << result.search.outcome.value << " of " << sqnr << " dB";
    return BuildWith(result.config);
  }

  graph::Graph network_;
};

TEST_F(HeavyTailsTest, SiluBlocks) { WinsBack(testing::SiluBlocks(), 3.0); }
TEST_F(HeavyTailsTest, HardSwishBlocks) { WinsBack(testing::HardSwishBlocks(), 1.0); }
TEST_F(HeavyTailsTest, DepthwiseDetector) { WinsBack(testing::DepthwiseDetector(), -0.1); }

}  // namespace
}  // namespace lockstep::tune
