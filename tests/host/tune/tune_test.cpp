// A detector that is made bad on purpose: all features have 4 bits.
#include "tune/tune.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/compiler.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::tune {
namespace {

class TuneTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(testing::SmallDetector(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 12);
  }

  settings::Json Given() {
    return {{"input", Path("net.onnx").string()},
            {"output_dir", Path("out").string()},
            {"calibration", Path("pictures").string()},
            {"count", 6},
            {"activation_bits", 4}};
  }
};

// What the order of sensitivity raises is more than is needed; what decides did not rank; `build` takes the result.
TEST_F(TuneTest, ReachesItsTargetWithFewerNodesThanTheOrderOfSensitivity) {
  TuneOptions options;
  options.target.value = 0.99;
  options.deciding_runs = 4;
  const TuneResult result = Tune(compiler::ParseConfig(Given(), "test"), Given(), options, {});
  ASSERT_TRUE(result.search.reached) << result.search.outcome.value;
  EXPECT_LT(result.search.steps.front().outcome.value, 0.99);
  EXPECT_GE(result.search.outcome.value, 0.99);
  std::set<std::string> nodes;
  for (const Raised& raised : result.raised) nodes.insert(raised.node);
  EXPECT_LT(nodes.size(), result.search.threshold_nodes);

  EXPECT_TRUE(result.held_back);
  EXPECT_FALSE(result.ranked_on.empty());
  EXPECT_EQ(result.decided_on.size(), 4U);
  for (const std::string& label : result.ranked_on) {
    EXPECT_EQ(std::count(result.decided_on.begin(), result.decided_on.end(), label), 0) << label;
  }

  EXPECT_EQ(result.config.at("precision"), "tuned");
  EXPECT_FALSE(result.config.contains("observer"));
  const compiler::BuildConfig config = compiler::ParseConfig(result.config, "tuned");
  const compiler::BuildResult built = compiler::Build(config, {});
  EXPECT_FALSE(built.summary.contains("precision"));  // nothing else is raised
}

TEST_F(TuneTest, Int8LeavesNothingToTune) {
  settings::Json given = Given();
  given["precision"] = "int8";
  const TuneOptions options;
  EXPECT_THROW(Tune(compiler::ParseConfig(given, "test"), given, options, {}), UsageError);
}

}  // namespace
}  // namespace lockstep::tune
