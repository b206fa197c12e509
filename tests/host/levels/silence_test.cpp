// What a whole build makes of networks that lose levels: each is repaired, or the build says by name what is lost.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "compiler/compiler.h"
#include "decibels.h"
#include "files/output_file.h"
#include "graph/quoted.h"
#include "import/onnx_export.h"
#include "judge/judge.h"
#include "support/temporary_test_folder.h"

namespace lockstep::testing {
namespace {

class SilenceTest : public FolderTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(Path("pictures"));
    for (uint32_t seed = 0; seed < 6; ++seed) {
      Pixels pixels = Picture(seed);
      const cv::Mat colours(kSide, kSide, CV_8UC3, pixels.data());
      cv::Mat stored;
      cv::cvtColor(colours, stored, cv::COLOR_RGB2BGR);
      cv::imwrite(Path("pictures/" + std::to_string(seed) + ".png").string(), stored);
    }
  }

  compiler::BuildResult BuildOf(const LevelsNetwork& network, const char* precision) {
    importer::ExportOnnx(network.graph, Path("net.onnx").string());
    const nlohmann::ordered_json keys{{"input", Path("net.onnx").string()},
                                      {"output_dir", Path("out").string()},
                                      {"calibration", Path("pictures").string()},
                                      {"count", 4},
                                      {"threads", 1},
                                      {"precision", precision}};
    return compiler::Build(compiler::ParseConfig(keys, "test"), {});
  }

  void Check(const LevelsNetwork& network, const char* precision) {
    SCOPED_TRACE(network.name + " " + precision);
    const compiler::BuildResult result = BuildOf(network, precision);
    const double decibels = LeastDecibels(network, files::ReadFile(result.joint_model.string()));
    bool named = false;
    for (const graph::TensorId id : network.graph.outputs) {
      named |= result.warnings.find("output " + graph::Quoted(network.graph.tensor(id).name)) != std::string::npos;
    }
    std::printf("%-28s %-5s %6.1f dB%s\n", network.name.c_str(), precision, decibels, named ? ", warned of" : "");
    EXPECT_TRUE(decibels >= judge::kBadOutputSqnr || named) << decibels << " dB in silence\n" << result.warnings;
  }
};

TEST_F(SilenceTest, NoPartOfAnOutputIsLostInSilence) {
  for (const LevelsNetwork& network : LevelsNetworks()) {
    Check(network, "auto");
    Check(network, "int8");
  }
}

TEST_F(SilenceTest, NoWideRangeIsLostInSilence) {
  const std::vector<LevelsNetwork> networks = WideNetworks();
  ASSERT_GE(networks.size(), 20u);
  for (const LevelsNetwork& network : networks) {
    Check(network, "auto");
    Check(network, "int8");
  }
}

}  // namespace
}  // namespace lockstep::testing
