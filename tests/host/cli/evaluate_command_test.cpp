// `lockstep evaluate` on joint models, through the program.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "command_line.h"
#include "import/onnx_export.h"
#include "known_networks.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

class EvaluateCommandTest : public CommandLineTest {
 protected:
  std::string P(const std::string& name) const { return Path(name).string(); }

  // Eight pictures with one red block each, in another place every time.
  void SetUp() override {
    importer::ExportOnnx(RedBlocks(), P("net.onnx"));
    std::filesystem::create_directories(Path("i"));
    for (int i = 0; i < 8; ++i) {
      cv::Mat picture(32, 32, CV_8UC3, cv::Scalar(0, 0, 0));
      const int x = i % 4;
      const int y = i / 2;
      const bool both = i % 3 == 0;
      cv::rectangle(picture, cv::Rect(8 * x, 8 * y, 8, 8), cv::Scalar(both ? 255 : 0, 0, 255), cv::FILLED);
      ASSERT_TRUE(cv::imwrite(P("i/" + std::to_string(i) + ".png"), picture));
      WriteText(Path("l/" + std::to_string(i) + ".txt"), std::to_string(both ? 1 : 0) + " " +
                                                             std::to_string((x + 0.5) / 4) + " " +
                                                             std::to_string((y + 0.5) / 4) + " 0.25 0.25\n");
    }
    const boards::ProcessResult built =
        Lockstep({"build", "--input", P("net.onnx"), "--output-dir", P("out"), "--calibration", P("i")});
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"evaluate", P("out/net.joint"), "--task", "detect", "--images",
                                          P("i"),     "--labels",         P("l"),   "--head", "yolox"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(EvaluateCommandTest, EnginesAndABoardGiveTheSameMetrics) {
  std::vector<json> metrics;
  for (const char* engine : {"native", "reference", "local"}) {
    const boards::ProcessResult result = Lockstep(Evaluate({"--engine", engine, "--json", P("e.json"), "--no-state"}));
    ASSERT_EQ(result.status, 0) << result.out << result.err;
    EXPECT_NE(result.out.find("is kept"), std::string::npos) << result.out;
    const json report = json::parse(ReadText(Path("e.json")));
    EXPECT_EQ(report.at("engine"), engine);
    EXPECT_EQ(report.at("pictures"), 8);
    EXPECT_NEAR(report.at("float").at("map50_95").get<double>(), 1.0, 1e-12);
    EXPECT_NEAR(report.at("metrics").at("map50").get<double>(), 1.0, 1e-12);
    EXPECT_GT(report.at("metrics").at("kept"), 80.0);
    EXPECT_GT(report.at("seconds_per_picture"), 0.0);
    metrics.push_back(report.at("metrics"));
  }
  EXPECT_EQ(metrics[0], metrics[1]);
  EXPECT_EQ(metrics[0], metrics[2]);
}

TEST_F(EvaluateCommandTest, WhatWasEvaluatedIsNotComputedAgain) {
  const auto computed = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = Evaluate(more);
    arguments.insert(arguments.end(), {"--json", "-"});
    const boards::ProcessResult result = Lockstep(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out).at("computed").get<int>();
  };
  EXPECT_EQ(computed({}), 8);
  EXPECT_TRUE(std::filesystem::exists(Path("out/net.evaluation")));
  EXPECT_EQ(computed({}), 0);
  EXPECT_EQ(computed({"--augment", "plain,mirror"}), 8) << "the mirrored ones alone";
  EXPECT_EQ(computed({"--iou", "0.6"}), 8);
  EXPECT_EQ(computed({"--engine", "reference"}), 8);
}

// As with a board that is not attached: inputs go there as files, outputs come back.
TEST_F(EvaluateCommandTest, OutputsOfRunJointAreEvaluatedLikeTheEngine) {
  const boards::ProcessResult saved = Lockstep(Evaluate({"--augment", "plain,mirror", "--save-inputs", P("in")}));
  ASSERT_EQ(saved.status, 0) << saved.err;
  EXPECT_NE(saved.out.find("16 inputs in "), std::string::npos) << saved.out;
  for (const char* variant : {"plain", "mirror"}) {
    const std::string folder = std::string("/") + variant;
    const boards::ProcessResult ran =
        Lockstep({"run", P("out/net.joint"), "--data", P("in" + folder), "--output-folder", P("board" + folder)});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  const auto metrics = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = Evaluate({"--augment", "plain,mirror", "--json", "-"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const boards::ProcessResult result = Lockstep(arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out);
  };
  const json given = metrics({"--outputs", P("board")});
  const json native = metrics({});
  EXPECT_EQ(given.at("metrics"), native.at("metrics"));
  EXPECT_EQ(given.at("float"), native.at("float"));
  EXPECT_TRUE(given.at("seconds_per_picture").is_null());
}

TEST_F(EvaluateCommandTest, LessThanWasAskedForIsStatusOne) {
  EXPECT_EQ(Lockstep(Evaluate({"--min-kept", "50"})).status, 0);
  const boards::ProcessResult failed = Lockstep(Evaluate({"--min-kept", "150"}));
  EXPECT_EQ(failed.status, 1) << failed.err;
  EXPECT_NE(failed.out.find("failed: less than 150 %"), std::string::npos) << failed.out;
}

// Of nine pictures one has a wrong label, which no mix of bits makes right.
TEST_F(EvaluateCommandTest, AMetricIsTheTargetOfTune) {
  importer::ExportOnnx(ColourClassifier(), P("colours.onnx"));
  std::filesystem::create_directories(Path("c"));
  for (int i = 0; i < 9; ++i) {
    const int colour = i % 3;
    const cv::Scalar bgr(colour == 2 ? 200 : 10 * i, colour == 1 ? 200 : 5 * i, colour == 0 ? 200 : 3 * i);
    const std::string name = std::to_string(i == 8 ? 0 : colour) + "_" + std::to_string(i) + ".png";
    ASSERT_TRUE(cv::imwrite(P("c/" + name), cv::Mat(16, 16, CV_8UC3, bgr)));
  }
  const auto tune = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "tune", P("colours.onnx"), "--output-dir",   P("tuned"), "-q", "--calibration", P("c"), "--count", "3",
        "-o",   P("tuned.json"),   "--target-metric"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  const std::vector<std::string> task = {"--task", "classify", "--images", P("c")};
  const auto with_task = [&](std::vector<std::string> more) {
    more.insert(more.end(), task.begin(), task.end());
    return tune(more);
  };
  const boards::ProcessResult kept = Lockstep(with_task({"kept=100", "--json", P("t.json")}));
  ASSERT_EQ(kept.status, 0) << kept.out << kept.err;
  EXPECT_NE(kept.out.find("kept, %"), std::string::npos) << kept.out;
  EXPECT_NE(kept.out.find(" 100.00 "), std::string::npos) << kept.out;
  const json report = json::parse(ReadText(Path("t.json")));
  EXPECT_EQ(report.at("metric"), "kept");
  EXPECT_EQ(report.at("value"), 100.0);
  EXPECT_EQ(report.at("reached"), true);

  const boards::ProcessResult top1 = Lockstep(with_task({"top1=0.88", "--json", P("t.json")}));
  EXPECT_EQ(top1.status, 0) << top1.out << top1.err;
  EXPECT_NEAR(json::parse(ReadText(Path("t.json"))).at("value").get<double>(), 8.0 / 9.0, 1e-12);
  const boards::ProcessResult far = Lockstep(with_task({"top1=0.95"}));
  EXPECT_EQ(far.status, 1) << far.err;
  EXPECT_NE(far.out.find("out of reach"), std::string::npos) << far.out;

  ExpectError(with_task({"top=0.5"}), 2, {"there is no metric", "top1"});
  ExpectError(with_task({"kept"}), 2, {"NAME=VALUE"});
  ExpectError(tune({"kept=99"}), 2, {"--target-metric needs --task and --images"});
}

TEST_F(EvaluateCommandTest, MistakesAreNamed) {
  ExpectError(Evaluate({"--engine", "nativ"}), 2, {"nativ", "native"});
  ExpectError(Evaluate({"--augment", "rotate"}), 2, {"rotate", "mirror"});
  ExpectError(Evaluate({"--color", "BGR"}), 2, {"--color", "net.joint"});
  ExpectError(Evaluate({"--class-offset", "1"}), 2, {"--class-offset"});
  ExpectError(Evaluate({"--outputs", P("i"), "--engine", "native"}), 2, {"--engine", "--outputs"});
  ExpectError(Evaluate({"--outputs", P("i"), "--save-inputs", P("in")}), 2, {"--save-inputs", "--outputs"});
  ExpectError(Evaluate({"--outputs", P("i"), "--no-state"}), 4, {"i/plain/", "--save-inputs"});
  ExpectError({"evaluate", P("out/net.joint"), "--task", "detect", "--images", P("i"), "--labels", P("l"), "--head",
               "yolov8", "--classes", "80"},
              2, {"1x7x4x4", "yolov8"});
  ExpectError({"evaluate", P("out/net.joint"), "--task", "classify", "--images", P("i"), "--iou", "0.5"}, 2, {"--iou"});
  ExpectError({"evaluate", P("out/net.joint"), "--task", "detect", "--images", P("i")}, 2, {"--labels"});
  std::filesystem::remove_all(Path("l"));
  WriteText(Path("l/other.txt"), "0 .5 .5 .1 .1\n");
  ExpectError(Evaluate({}), 4, {"none of its 1 .txt file (", "other.txt", "0.png"});
  WriteText(Path("l/0.txt"), "2 .5 .5 .1 .1\n");
  ExpectError(Evaluate({}), 4, {"0.txt, line 1", "the class is 2", "0 to 1"});
}

}  // namespace
}  // namespace lockstep::testing
