// Dumps: the files, the manifest and their agreement with what the layers computed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "probe/json_number.h"
#include "support/joint_models.h"
#include "support/temporary_folder.h"

namespace lockstep {
namespace {

class Dump : public testing::Test {
 protected:
  // Runs a network; every layer's output is kept to compare with.
  Status Run(const ProbeOptions& probe, int runs = 1, const joint::ModelT& network = test::SmallNetwork()) {
    const std::vector<uint8_t> file = test::Write(network);
    Result<Model> model = Model::Copy(file.data(), file.size());
    LOCKSTEP_RETURN_IF_ERROR(model.status());
    model_ = std::make_unique<Model>(std::move(model.value()));
    SessionOptions options;
    options.probe = probe;
    Result<Session> session = Session::Create(*model_, options);
    LOCKSTEP_RETURN_IF_ERROR(session.status());
    for (int i = 0; i < runs; ++i) {
      SeededBytes seeded(static_cast<uint64_t>(i) + 1);
      for (int32_t j = 0; j < model_->input_count(); ++j) {
        seeded.Fill(session.value().input(j), session.value().input_info(j).bytes);
      }
      Keep keep(outputs_);
      LOCKSTEP_RETURN_IF_ERROR(session.value().Run(i == 0 ? &keep : nullptr));
    }
    return Status::Ok();
  }

  struct Keep final : RunHook {
    explicit Keep(std::map<int32_t, std::vector<uint8_t>>& target) : outputs(target) {}
    Status AfterLayer(Session& session, int32_t layer) override {
      outputs[layer].resize(session.model().tensor(session.model().layer_output_tensor(layer)).bytes);
      session.layer_output_rows(layer).CopyTo(outputs[layer].data());
      return Status::Ok();
    }
    std::map<int32_t, std::vector<uint8_t>>& outputs;
  };

  test::TemporaryFolder folder_;
  std::unique_ptr<Model> model_;
  std::map<int32_t, std::vector<uint8_t>> outputs_;
};

TEST_F(Dump, HasEveryLayerAsItWas) {
  ProbeOptions probe;
  const std::string path = folder_ / "deep/dump";
  probe.dump_folder = path.c_str();
  const Status status = Run(probe, 2);  // the second run is not dumped
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string manifest = test::ReadText(path + "/manifest.json");
  EXPECT_EQ(manifest.find(R"({"format":1,"producer":"runtime","model":"small","model_digest":")"), 0U);
  EXPECT_NE(manifest.find(R"("contract":"rq1","target":")" + std::string(TargetName()) + '"'), std::string::npos);
  size_t files = 1;  // the manifest
  for (int32_t i = 0; i < model_->layer_count(); ++i) files += static_cast<size_t>(model_->layer(i).output_count);
  ASSERT_EQ(test::FilesIn(path).size(), files);
  // Conv_1 is the second layer of the small network, 6 x 8 x 16.
  EXPECT_NE(manifest.find(R"({"index":1,"name":"Conv_1","op":"Conv","onnx_nodes":["/model/Conv_1"],"tensor":")"),
            std::string::npos);
  EXPECT_EQ(test::ReadFile(path + "/0001_Conv_1_shape_1_6_8_16.bin"), outputs_[1]);
  for (const auto& [layer, bytes] : outputs_) {
    const std::string md5 = ToText(Md5Of(bytes.data(), bytes.size())).data();
    EXPECT_NE(manifest.find("\"bytes\":" + std::to_string(bytes.size()) + ",\"md5\":\"" + md5 + "\",\"file\":\""),
              std::string::npos)
        << "layer " << layer;
  }
  EXPECT_NE(manifest.find("\"input_md5\":[\""), std::string::npos);
  EXPECT_EQ(manifest.find("\"inputs\""), std::string::npos);
  EXPECT_EQ(manifest.find("\"restricted\""), std::string::npos);
}

// A tensor within another's memory is dumped as if it had its own.
TEST_F(Dump, PutsRowsSideBySide) {
  ProbeOptions probe;
  probe.dump_level = 3;
  const std::string within = folder_ / "within";
  const std::string apart = folder_ / "apart";
  probe.dump_folder = within.c_str();
  ASSERT_TRUE(Run(probe, 1, test::ViewNetwork()).ok());
  probe.dump_folder = apart.c_str();
  ASSERT_TRUE(Run(probe, 1, test::ViewNetwork(false)).ok());
  const std::vector<std::string> files = test::FilesIn(apart);
  EXPECT_GT(files.size(), 100U);
  ASSERT_EQ(test::FilesIn(within).size(), files.size());
  for (const std::string& name : files) {
    if (name == "manifest.json") continue;
    EXPECT_EQ(test::ReadFile(within + "/" + name), test::ReadFile(apart + "/" + name)) << name;
  }
}

TEST_F(Dump, LevelOneHasTheOutputsAlone) {
  ProbeOptions probe;
  probe.dump_folder = folder_.path().c_str();
  probe.dump_level = 1;
  ASSERT_TRUE(Run(probe).ok());
  EXPECT_EQ(test::FilesIn(folder_.path()).size(), 3U);
  EXPECT_NE(test::ReadText(folder_ / "manifest.json").find(R"("restricted":true,"layers":[)"), std::string::npos);
}

TEST_F(Dump, LevelThreeHasInputsToo) {
  ProbeOptions probe;
  probe.dump_folder = folder_.path().c_str();
  probe.dump_level = 3;
  ASSERT_TRUE(Run(probe).ok());
  // The second layer reads what the first made.
  EXPECT_EQ(test::ReadFile(folder_ / "0001_Conv_1_input0_shape_1_12_16_3.bin"), outputs_[0]);
  EXPECT_NE(test::ReadText(folder_ / "manifest.json").find(R"("inputs":[{"tensor":)"), std::string::npos);
}

TEST_F(Dump, CanBeRestrictedToLayers) {
  ProbeOptions probe;
  probe.dump_folder = folder_.path().c_str();
  probe.dump_layers = "^(Conv|Softmax)_";
  ASSERT_TRUE(Run(probe).ok());
  EXPECT_NE(test::ReadText(folder_ / "manifest.json").find(R"("restricted":true,"layers":[)"), std::string::npos);
  for (const std::string& name : test::FilesIn(folder_.path())) {
    EXPECT_TRUE(name == "manifest.json" || name.find("_Conv_") == 4 || name.find("_Softmax_") == 4) << name;
  }
  EXPECT_EQ(test::FilesIn(folder_.path()).size(), 6U);  // four convolutions, a softmax and the manifest
}

TEST_F(Dump, CanBeDigestsAlone) {
  ProbeOptions probe;
  probe.dump_folder = folder_.path().c_str();
  probe.dump_md5_only = true;
  ASSERT_TRUE(Run(probe).ok());
  EXPECT_EQ(test::FilesIn(folder_.path()), std::vector<std::string>{"manifest.json"});
  EXPECT_EQ(test::ReadText(folder_ / "manifest.json").find("\"file\""), std::string::npos);
}

TEST_F(Dump, RefusesBadExpressionsAndLevels) {
  ProbeOptions probe;
  probe.dump_folder = folder_.path().c_str();
  probe.dump_layers = "Conv_(";
  EXPECT_EQ(Run(probe).code(), StatusCode::kInvalidArgument);
  probe.dump_layers = "NoSuchLayer";
  EXPECT_EQ(Run(probe).code(), StatusCode::kInvalidArgument);
  probe.dump_layers = nullptr;
  probe.dump_level = 4;
  EXPECT_EQ(Run(probe).code(), StatusCode::kInvalidArgument);
}

TEST_F(Dump, AnUnwritableFolderIsAnErrorThatNamesIt) {
  ProbeOptions probe;
  test::WriteFile(folder_ / "file", {1});
  const std::string path = folder_ / "file/dump";
  probe.dump_folder = path.c_str();
  const Status status = Run(probe);
  EXPECT_EQ(status.code(), StatusCode::kUnreadable);
  EXPECT_NE(std::string(status.message()).find(path), std::string::npos) << status.message();
}

TEST_F(Dump, TheEnvironmentSwitchesItOn) {
  const std::string path = folder_ / "by_environment";
  setenv("LOCKSTEP_DUMPDATA", "true", 1);
  setenv("LOCKSTEP_DUMP_FOLDER", path.c_str(), 1);
  const Status status = Run({});
  unsetenv("LOCKSTEP_DUMPDATA");
  unsetenv("LOCKSTEP_DUMP_FOLDER");
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_FALSE(test::ReadText(path + "/manifest.json").empty());
}

TEST_F(Dump, TheEnvironmentSaysTrueOrFalse) {
  for (const char* value : {"false", ""}) {
    setenv("LOCKSTEP_DUMPDATA", value, 1);
    EXPECT_TRUE(Run({}).ok()) << value;
  }
  for (const char* value : {"1", "TRUE", "yes"}) {
    setenv("LOCKSTEP_DUMPDATA", value, 1);
    const Status status = Run({});
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << value;
    EXPECT_NE(std::string(status.message()).find("LOCKSTEP_DUMPDATA is '" + std::string(value)), std::string::npos)
        << status.message();
  }
  unsetenv("LOCKSTEP_DUMPDATA");
}

TEST(JsonNumber, ReadsBackAsTheSameFloat) {
  EXPECT_STREQ(JsonNumber(0.02F).c_str(), "0.02");
  for (const float value : {1.0F / 255, 3.4e38F, 1e-30F, 0.1F + 0.2F}) {
    EXPECT_EQ(std::strtof(JsonNumber(value).c_str(), nullptr), value);
  }
}

}  // namespace
}  // namespace lockstep
