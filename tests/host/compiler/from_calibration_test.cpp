// A build that goes on from a calibration file, as it was written and changed.
#include <gtest/gtest.h>

#include <functional>

#include "calibration/edits.h"
#include "compiler/compiler.h"
#include "graph/error.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::compiler {
namespace {

using nlohmann::ordered_json;

class FromCalibration : public testing::FolderTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(testing::SmallDetector(), Path("net.onnx").string());
    testing::WritePictures(Path("pictures"), 4);
  }

  BuildResult Calibrate(const ordered_json& more = ordered_json::object()) const {
    ordered_json keys = {{"input", Path("net.onnx").string()},
                         {"output_dir", Path("out").string()},
                         {"calibration", Path("pictures").string()}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {});
  }
  BuildResult GoOn(const ordered_json& more = ordered_json::object()) const {
    ordered_json keys = {{"from_calibration", Path("out/quant/calibration.json").string()},
                         {"output_dir", Path("again").string()}};
    keys.update(more);
    return Build(ParseConfig(keys, "test"), {});
  }
  ordered_json File(const std::string& folder = "out") const {
    return ordered_json::parse(ReadText(Path(folder + "/quant/calibration.json")));
  }
  void Write(const ordered_json& file) const { WriteText(Path("out/quant/calibration.json"), file.dump()); }

  // The first node with a fused table.
  static std::string FusedNode(const ordered_json& file) {
    for (const auto& [name, node] : file.at("nodes").items()) {
      if (node.contains("weight_bits")) return name;
    }
    return "";
  }
};

TEST_F(FromCalibration, BitsAndFloatOfANodeInEitherOrder) {
  Calibrate({{"precision", "int8"}});
  const ordered_json written = File();
  const std::string node = FusedNode(written);
  const std::vector<std::vector<std::string>> orders = {{node + ".bits=12", node + ".float=true"},
                                                        {node + ".float=true", node + ".bits=12"}};
  std::vector<std::string> models;
  for (const std::vector<std::string>& edits : orders) {
    ordered_json file = written;
    calibration::Apply(edits, "file", file);
    Write(file);
    models.push_back(ReadText(GoOn().joint_model));
  }
  EXPECT_TRUE(models[0] == models[1]);
}

TEST_F(FromCalibration, BitsOfAPictureAreNotChanged) {
  Calibrate({{"precision", "int8"}});
  ordered_json file = File();
  for (auto& [name, entry] : file.at("tensors").items()) {
    if (entry.value("calibrated", ordered_json::object()).value("observer", "") == "input") entry["bits"] = 12;
  }
  Write(file);
  try {
    GoOn();
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("the input is 8-bit integers"), std::string::npos) << error.what();
  }
}

TEST_F(FromCalibration, WhatWasWrittenMakesTheSameBytesWithoutPictures) {
  const std::vector<ordered_json> settings = {ordered_json::object(),
                                              {{"precision", "int16"}},
                                              {{"float_ops", {"MaxPool", "Sigmoid"}}, {"weight_bits", 5}},
                                              {{"observer", "mse"}, {"weight_range", "admm"}, {"tail_bits", 8}}};
  for (const ordered_json& more : settings) {
    Calibrate(more);
    std::filesystem::rename(Path("pictures"), Path("away"));
    const BuildResult again = GoOn();
    std::filesystem::rename(Path("away"), Path("pictures"));
    EXPECT_EQ(ReadText(Path("out/net.joint")), ReadText(again.joint_model)) << more.dump();
    EXPECT_EQ(ReadText(Path("out/frontend/optimized.onnx")), ReadText(again.optimized_onnx)) << more.dump();
    EXPECT_EQ(File().at("tensors"), File("again").at("tensors")) << more.dump();
  }
}

// The scales of channels stand in the file as lists; a number in place of one makes it one scale.
TEST_F(FromCalibration, ScalesOfChannelsStandInTheFile) {
  importer::ExportOnnx(testing::SmallMobileNetwork(), Path("net.onnx").string());
  for (const ordered_json& more : {ordered_json{{"precision", "int8"}}, ordered_json::object()}) {
    const BuildResult built = Calibrate(more);
    EXPECT_EQ(GoOn().summary.at("channel_scales"), built.summary.at("channel_scales")) << more.dump();
    EXPECT_EQ(ReadText(Path("out/net.joint")), ReadText(Path("again/net.joint"))) << more.dump();
    EXPECT_EQ(File().at("tensors"), File("again").at("tensors")) << more.dump();
  }
  const BuildResult built = Calibrate({{"precision", "int8"}});
  ASSERT_EQ(built.summary.at("channel_scales").size(), 3U) << built.summary.at("channel_scales").dump();
  ordered_json file = File();
  for (const ordered_json& name : built.summary.at("channel_scales")) {
    const ordered_json& tensor = file.at("tensors").at(name.get<std::string>());
    EXPECT_EQ(tensor.at("scale").size(), 24U) << tensor.dump();
    EXPECT_TRUE(tensor.at("zero_point").is_number_integer()) << tensor.dump();
  }
  ordered_json& first = file.at("tensors").at(built.summary.at("channel_scales")[0].get<std::string>());
  const double largest = first.at("range")[1].get<double>() / 255;
  first["scale"] = largest;
  Write(file);
  EXPECT_EQ(GoOn().summary.at("channel_scales").size(), 2U);
  first["scale"] = std::vector<double>(23, largest);
  Write(file);
  try {
    GoOn();
    ADD_FAILURE() << "a scale was missing";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("has 23 scales and 24 channels"), std::string::npos) << error.what();
  }
  EXPECT_EQ(Calibrate({{"precision", "int8"}, {"activation_scales", "per_tensor"}}).summary.at("channel_scales").size(),
            0U);
}

TEST_F(FromCalibration, ItsMergedConfigurationRepeatsTheBuildToTheByte) {
  Calibrate({{"count", 3}, {"seed", 5}, {"skip_bad_images", true}, {"require_cosine", 0.5}});
  const ordered_json pictures{{"calibration", Path("pictures").string()}};
  ordered_json judged = pictures;
  judged.update({{"count", 2}, {"seed", 1}, {"skip_bad_images", true}, {"require_cosine", 0.25}});
  for (const ordered_json& more : {ordered_json::object(), pictures, judged}) {
    const BuildResult built = GoOn(more);
    const std::string model = ReadText(built.joint_model);
    const std::string config = ReadText(built.config);
    const BuildResult again = Build(ParseConfig(ReadConfigFile(built.config.string()), "test"), {});
    EXPECT_EQ(ReadText(again.joint_model), model) << more.dump();
    EXPECT_EQ(ReadText(again.config), config) << more.dump();
  }
}

TEST_F(FromCalibration, WhatNeedsPicturesIsRefusedWithoutThem) {
  Calibrate();
  const std::vector<std::pair<std::string, ordered_json>> settings = {
      {"count", 3}, {"seed", 3}, {"skip_bad_images", true}, {"require_cosine", 0.5}, {"require_sqnr", 20.0}};
  for (const auto& [key, value] : settings) {
    try {
      GoOn({{key, value}});
      ADD_FAILURE() << key << " was taken";
    } catch (const UsageError& error) {
      EXPECT_EQ(std::string(error.what()).find("test: " + key + " has no effect unless"), 0U) << error.what();
    }
  }
}

TEST_F(FromCalibration, WhatIsChangedIsBuilt) {
  Calibrate({{"precision", "int8"}});
  const ordered_json before = File();
  const std::string node = FusedNode(before);
  const std::string tensor = before.at("nodes").at(node).at("output");
  ordered_json file = before;
  file["tensors"][tensor]["range"] = {-1.0, 3.0};
  file["nodes"][node]["weight_bits"] = 4;
  Write(file);
  GoOn();
  const ordered_json built = File("again").at("tensors").at(tensor);
  EXPECT_NEAR(built.at("scale").get<double>(), 4.0 / 255.0, 1e-6);
  EXPECT_EQ(built.at("zero_point"), 64);
  EXPECT_EQ(File("again").at("nodes").at(node).at("weight_bits"), 4);

  file = before;
  file["tensors"][tensor]["type"] = "U16";
  Write(file);
  GoOn();
  EXPECT_EQ(File("again").at("tensors").at(tensor).at("bits"), 16);

  file = before;
  file["tensors"][tensor]["type"] = "F32";
  Write(file);
  GoOn();
  EXPECT_EQ(File("again").at("nodes").at(node).at("float"), true);
  std::filesystem::copy_file(Path("again/quant/calibration.json"), Path("out/quant/calibration.json"),
                             std::filesystem::copy_options::overwrite_existing);
  const std::string once = ReadText(Path("again/net.joint"));
  GoOn();
  EXPECT_EQ(once, ReadText(Path("again/net.joint"))) << "the file that a changed build writes says what it built";
}

TEST_F(FromCalibration, MistakesAreToldWithFileTensorAndField) {
  Calibrate({{"precision", "int8"}});
  const ordered_json before = File();
  const std::string node = FusedNode(before);
  const std::string tensor = before.at("nodes").at(node).at("output");
  const auto message = [&](const std::function<void(ordered_json&)>& change) {
    ordered_json file = before;
    change(file);
    Write(file);
    try {
      GoOn();
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  struct Mistake {
    std::function<void(ordered_json&)> change;
    std::vector<std::string> words;
  };
  const auto of_tensor = [&](const std::string& field, const ordered_json& value) {
    return [&, field, value](ordered_json& file) { file["tensors"][tensor][field] = value; };
  };
  const std::vector<Mistake> mistakes = {
      {[&](ordered_json& file) { file["tensors"][tensor + "x"] = file["tensors"][tensor]; }, {tensor + "x", "did you"}},
      {of_tensor("bits", 17), {tensor, "bits is 17", "2..16"}},
      {of_tensor("range", {1.0, 2.0}), {tensor, "range", "zero is always a level"}},
      {of_tensor("rnage", {1.0, 2.0}), {tensor, "rnage", "range"}},
      {of_tensor("zero_point", 256), {tensor, "zero_point is 256", "0..255"}},
      {of_tensor("type", "U32"), {tensor, "type", "U8, U16 or F32"}},
      {[&](ordered_json& file) {
         file["tensors"][tensor].update({{"type", "U16"}, {"bits", 7}});
       },
       {tensor, "contradict"}},
      {[&](ordered_json& file) {
         file["tensors"][tensor].update({{"range", {-1, 1}}, {"scale", 1}});
       },
       {tensor, "contradict"}},
      {[&](ordered_json& file) { file["tensors"].erase(tensor); }, {tensor, "has no entry"}},
      {[&](ordered_json& file) { file["nodes"][node]["weight_bits"] = 1; }, {node, "weight_bits is 1"}},
      {[&](ordered_json& file) { file["nodes"]["nothing"] = ordered_json::object(); },
       {"nothing", "not in the network"}},
      {[&](ordered_json& file) { file["network"]["digest"] = "0"; }, {"another network", "--input"}},
      {[&](ordered_json& file) { file["version"] = 99; }, {"version is 99"}},
  };
  for (const Mistake& mistake : mistakes) {
    const std::string text = message(mistake.change);
    EXPECT_NE(text.find("calibration.json"), std::string::npos) << text;
    for (const std::string& word : mistake.words) EXPECT_NE(text.find(word), std::string::npos) << word << ": " << text;
  }
  Write(before);
  EXPECT_THROW(GoOn({{"observer", "mse"}}), UsageError);
  EXPECT_THROW(GoOn({{"count", 3}}), UsageError);
}

TEST_F(FromCalibration, EditsChangeTheFileAndAreBuilt) {
  Calibrate({{"precision", "int8"}});
  ordered_json file = File();
  const std::string node = FusedNode(file);
  const std::string tensor = file.at("nodes").at(node).at("output");
  const std::vector<std::string> changes = calibration::Apply(
      {tensor + ".bits=16", node + ".weight_bits=4", tensor + ".range=-1,3", tensor + ".threshold=2"}, "file", file);
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0], tensor + ": bits 8 -> 16");
  Write(file);
  GoOn();
  const ordered_json built = File("again").at("tensors").at(tensor);
  EXPECT_EQ(built.at("type"), "U16");
  EXPECT_NEAR(built.at("scale").get<double>(), 3.0 / 65535.0, 1e-8) << "-1 to 2";
  EXPECT_EQ(File("again").at("nodes").at(node).at("weight_bits"), 4);
  file = File("again");
  calibration::Apply({tensor + ".range=seen", "op:Conv.weight_bits=6"}, "file", file);
  Write(file);
  GoOn();
  EXPECT_EQ(File("again").at("nodes").at(node).at("weight_bits"), 6);

  const auto message = [&](const std::string& edit) {
    try {
      calibration::Apply({edit}, "file", file);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_NE(message(node + ".weight_bits=6").find("changes nothing"), std::string::npos);
  EXPECT_NE(message(node + "x.weight_bits=6").find("did you mean"), std::string::npos)
      << message(node + "x.float=true");
  EXPECT_NE(message(tensor + ".bits=99").find("2..16"), std::string::npos);
  EXPECT_NE(message(tensor + ".bit=9").find("bits"), std::string::npos);
  EXPECT_NE(message("nonsense").find("NAME.FIELD=VALUE"), std::string::npos);
  for (const auto& [name, entry] : file.at("nodes").items()) {
    for (const auto& fused : entry.value("onnx_nodes", ordered_json::array())) {
      if (file.at("nodes").contains(fused.get<std::string>())) continue;
      const std::string text = message(fused.get<std::string>() + ".weight_bits=6");
      EXPECT_NE(text.find("went into \""), std::string::npos) << text << " for " << name;
    }
  }
}

}  // namespace
}  // namespace lockstep::compiler
