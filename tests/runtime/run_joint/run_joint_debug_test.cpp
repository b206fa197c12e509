// The command line of run_joint in the debug build: dumps, and layers tested alone with a dump's inputs.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "command.h"
#include "lockstep/md5.h"
#include "run_joint/inject_inputs.h"

namespace lockstep::test {
namespace {

class RunJointDebug : public RunJoint {
 protected:
  CommandResult Dump(const std::string& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--dump_intermediate", "2", "--dump_folder", Path(folder), "-d", SmallData()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(Path("small.joint"));
    return RunCommand(arguments);
  }

  // Other bytes in a file of a dump, with the md5 that the manifest then has to have.
  void Change(const std::string& folder, const std::string& file) {
    const std::string path = Path(folder + "/" + file);
    std::vector<uint8_t> bytes = ReadFile(path);
    const Md5Text before = ToText(Md5Of(bytes.data(), bytes.size()));
    for (uint8_t& byte : bytes) byte ^= 0x55;
    WriteFile(path, bytes);
    const std::string manifest = Path(folder + "/manifest.json");
    std::string text = ReadText(manifest);
    const size_t at = text.find(before.data());
    ASSERT_NE(at, std::string::npos) << text;
    WriteText(manifest, text.replace(at, 32, ToText(Md5Of(bytes.data(), bytes.size())).data()));
  }
};

TEST_F(RunJointDebug, DumpsOneFolderPerInput) {
  const CommandResult result =
      RunCommand({"--dump-intermediate=1", "-o", Path("out"), "-i", Path("inputs"), "-w", "1", Path("one.joint")});
  ASSERT_EQ(result.status, 0) << result.error;
  ExpectWrote(result, {Path("out/dump/a/manifest.json"), Path("out/dump/c/manifest.json")});
  EXPECT_EQ(FilesIn(Path("out/dump")), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(FilesIn(Path("out/dump/b")).size(), 2U);
}

TEST_F(RunJointDebug, InjectedOwnDumpChangesNothing) {
  ASSERT_EQ(Dump("first").status, 0);
  const CommandResult again = Dump("second", {"--inject", Path("first")});
  ASSERT_EQ(again.status, 0) << again.error;
  ASSERT_EQ(FilesIn(Path("first")), FilesIn(Path("second")));
  for (const std::string& file : FilesIn(Path("first"))) {
    EXPECT_EQ(ReadFile(Path("first/" + file)), ReadFile(Path("second/" + file))) << file;
  }
}

TEST_F(RunJointDebug, AnInjectedErrorStaysInItsReaders) {
  ASSERT_EQ(Dump("first").status, 0);
  // The output of layer 7 (MaxPool_7) is read by layer 8 alone; the layers behind get the inputs of the dump.
  const std::string file = "0007_MaxPool_7_shape_1_3_4_16.bin";
  Change("first", file);
  ASSERT_EQ(Dump("second", {"--inject", Path("first")}).status, 0);
  for (const std::string& name : FilesIn(Path("first"))) {
    if (name == "manifest.json") continue;
    const bool differs = ReadFile(Path("first/" + name)) != ReadFile(Path("second/" + name));
    EXPECT_EQ(differs, name == file || name.find("0008_") == 0) << name;
  }
}

// A packed dump may have some of the tensors alone.
TEST_F(RunJointDebug, APackedDumpIsInjectedWhereItHasATensor) {
  ASSERT_EQ(Dump("first").status, 0);
  const std::string file = "0007_MaxPool_7_shape_1_3_4_16.bin";
  std::vector<uint8_t> bytes = ReadFile(Path("first/" + file));
  for (uint8_t& byte : bytes) byte ^= 0x55;
  const std::string md5 = ToText(Md5Of(bytes.data(), bytes.size())).data();
  std::vector<uint8_t> packed(5, 0);  // what is in front of the tensor
  packed.insert(packed.end(), bytes.begin(), bytes.end());
  const std::string manifest = ReadText(Path("first/manifest.json"));
  const std::string digest = manifest.substr(manifest.find("\"model_digest\":") + 16, 32);
  const auto write = [&](const std::string& name, const std::string& offset) {
    WriteText(Path("pack/manifest.json"), R"({"format":1,"model_digest":")" + digest + R"(","packed":")" + name +
                                              R"(","layers":[{"index":7,"offset":)" + offset + R"(,"md5":")" + md5 +
                                              "\"}]}");
  };
  ASSERT_EQ(mkdir(Path("pack").c_str(), 0700), 0);
  WriteFile(Path("pack/tensors.bin"), packed);
  write("tensors.bin", "5");
  const CommandResult result = Dump("second", {"--inject", Path("pack")});
  ASSERT_EQ(result.status, 0) << result.error;
  for (const std::string& name : FilesIn(Path("first"))) {
    const int index = std::atoi(name.c_str());
    if (name == "manifest.json" || index > 8) continue;
    const bool differs = ReadFile(Path("first/" + name)) != ReadFile(Path("second/" + name));
    EXPECT_EQ(differs, index == 8) << name;
  }
  write("tensors.bin", "6");
  ExpectError(Dump("second", {"--inject", Path("pack")}), 4, {"tensors.bin", "too few", "MaxPool_7"});
  write("tensors.bin", "4");
  ExpectError(Dump("second", {"--inject", Path("pack")}), 4, {"tensors.bin", "md5"});
  write("../first/tensors.bin", "5");
  ExpectError(Dump("second", {"--inject", Path("pack")}), 4, {"manifest.json", "must lie beside it"});
}

// Whatever stands where a layer's inputs should be, the network's own among them, is overwritten before it is read.
TEST_F(RunJointDebug, EveryInputOfALayerIsInjected) {
  ASSERT_EQ(Dump("first").status, 0);
  class Scribbled final : public RunHook {
   public:
    explicit Scribbled(InjectInputs inject) : inject_(std::move(inject)) {}
    Status BeforeLayer(Session& session, int32_t layer) override {
      const Model& model = session.model();
      for (int32_t i = 0; i < model.layer(layer).input_count; ++i) {
        const int32_t tensor = model.layer_input_tensor(layer, i);
        if (model.is_constant(tensor)) continue;
        const List<uint8_t> noise(static_cast<size_t>(model.tensor(tensor).bytes), 0x2a);
        session.layer_input_rows(layer, i).CopyFrom(noise.data());
      }
      return inject_.BeforeLayer(session, layer);
    }
    Status AfterLayer(Session& session, int32_t layer) override {
      const Model& model = session.model();
      for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
        const Md5Digest md5 = Md5Of(session.layer_output_rows(layer, i));
        digests.push_back(model.layer(layer).name + std::string(" ") + ToText(md5).data());
      }
      return inject_.AfterLayer(session, layer);
    }
    InjectInputs inject_;
    std::vector<std::string> digests;
  };
  Result<Model> model = Model::Open(Path("small.joint").c_str(), {});
  ASSERT_TRUE(model.ok());
  Result<Session> session = Session::Create(model.value(), {});
  ASSERT_TRUE(session.ok());
  Result<InjectInputs> inject = InjectInputs::Open(model.value(), Path("first").c_str());
  ASSERT_TRUE(inject.ok());
  for (int32_t i = 0; i < 2; ++i) {
    const std::vector<uint8_t> bytes = ReadFile(Path(i == 0 ? "picture.bin" : "gain.bin"));
    std::copy(bytes.begin(), bytes.end(), static_cast<uint8_t*>(session.value().input(i)));
  }
  Scribbled hook(std::move(inject.value()));
  ASSERT_TRUE(hook.inject_.TakeInputs(session.value()).ok());
  ASSERT_TRUE(session.value().Run(&hook).ok());
  const std::string manifest = ReadText(Path("first/manifest.json"));
  ASSERT_GT(hook.digests.size(), 5U);
  for (const std::string& digest : hook.digests) {
    EXPECT_NE(manifest.find(digest.substr(digest.find(' ') + 1)), std::string::npos) << digest;
  }
}

// The layer behind reads the dump's bytes in the place where the board's own output was.
TEST_F(RunJointDebug, OutputsAreTheBoardsOwnWithInjectedInputs) {
  const std::string model = Path("shared.joint");
  WriteFile(model, Write(SharedOutput("boxes", "x")));
  const std::string data = Path("inputs/a.bin");
  ASSERT_EQ(RunCommand({"--dump-intermediate", "2", "-d", data, "-o", Path("gold"), model}).status, 0);
  const std::string file = "0000_Conv_0_shape_1_8_8_8.bin";
  Change("gold/dump", file);
  const CommandResult result =
      RunCommand({"--inject", Path("gold/dump"), "-d", data, "-o", Path("out"), "--verify", Path("gold"), model});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(ReadFile(Path("out/a_x.bin")), ReadFile(Path("gold/a_x.bin")));
  EXPECT_NE(ReadFile(Path("out/a_x.bin")), ReadFile(Path("gold/dump/" + file)));
}

TEST_F(RunJointDebug, ADumpMayBeCalledAsAnOutputIs) {
  WriteFile(Path("shared.joint"), Write(SharedOutput("boxes", "x")));
  EXPECT_EQ(RunCommand({"--dump-intermediate", "1", "--dump-folder", Path("seed_1_x.bin"), "-o", Path("out"),
                        Path("shared.joint")})
                .status,
            0);
}

TEST_F(RunJointDebug, ADumpGoesToNoFolderThatIsRead) {
  ASSERT_EQ(Dump("dump").status, 0);
  const std::vector<uint8_t> manifest = ReadFile(Path("dump/manifest.json"));
  ExpectError(Dump("dump", {"--inject", Path("dump")}), 2, {"--dump-folder and --inject", "the same folder"});
  ExpectError(RunCommand({"--dump-intermediate", "2", "-o", folder_.path(), "--inject", Path("dump"), "-d", SmallData(),
                          Path("small.joint")}),
              2, {"--dump-folder and --inject", "the same folder"});
  setenv("LOCKSTEP_DUMPDATA", "true", 1);
  setenv("LOCKSTEP_DUMP_FOLDER", Path("dump").c_str(), 1);
  const CommandResult by_environment = RunCommand({"--inject", Path("dump"), "-d", SmallData(), Path("small.joint")});
  unsetenv("LOCKSTEP_DUMPDATA");
  unsetenv("LOCKSTEP_DUMP_FOLDER");
  ExpectError(by_environment, 2, {"LOCKSTEP_DUMPDATA", "--inject"});
  EXPECT_EQ(ReadFile(Path("dump/manifest.json")), manifest);
  ExpectError(RunCommand({"--dump-intermediate", "2", "--dump-folder", folder_.path(), "-i", Path("inputs"), "--inject",
                          Path("dump"), Path("small.joint")}),
              2, {"--input-folder"});
}

TEST_F(RunJointDebug, InjectRefusesOtherModelsAndMissingLayers) {
  ASSERT_EQ(Dump("first").status, 0);
  ExpectError(RunCommand({"--inject", Path("first"), "-d", Path("inputs/a.bin"), Path("one.joint")}), 4,
              {"manifest.json", "digest"});
  ExpectError(Dump("second", {"--inject", Path("nowhere")}), 4, {"nowhere/manifest.json"});
  unlink(Path("first/0001_Conv_1_shape_1_6_8_16.bin").c_str());
  ExpectError(Dump("second", {"--inject", Path("first")}), 4, {"0001_Conv_1_shape_1_6_8_16.bin"});
  EXPECT_EQ(FilesIn(Path("second")).size() > 0, true);
  for (const std::string& name : FilesIn(Path("second"))) EXPECT_NE(name, "manifest.json") << "of a dump that failed";
}

TEST_F(RunJointDebug, ADamagedDumpIsNotTheBoardsMistake) {
  for (const char* level : {"2", "3"}) {  // with 3 the md5 of every input stands within the layers too
    ASSERT_EQ(Dump("first", {"--dump-intermediate", level}).status, 0);
    const std::string file = Path("first/0007_MaxPool_7_shape_1_3_4_16.bin");
    const std::vector<uint8_t> bytes = ReadFile(file);
    std::vector<uint8_t> damaged = bytes;
    damaged[17] ^= 1;
    WriteFile(file, damaged);
    ExpectError(Dump("second", {"--inject", Path("first")}), 4, {file, "md5", "dump the model again"});
    WriteFile(file, bytes);
    EXPECT_EQ(Dump("second", {"--inject", Path("first")}).status, 0);
  }
}

// As the host's tools write it, and with no md5 of the layer that was changed.
TEST_F(RunJointDebug, ManifestsMayBeIndentedAndLackDigests) {
  ASSERT_EQ(Dump("first").status, 0);
  const std::string path = Path("first/manifest.json");
  std::string indented;
  for (const char c : ReadText(path)) {
    indented += c;
    if (c == ':' || c == ',' || c == '{') indented += "\n  ";
  }
  WriteText(path, indented);
  EXPECT_EQ(Dump("second", {"--inject", Path("first")}).status, 0);
  const std::string file = Path("first/0007_MaxPool_7_shape_1_3_4_16.bin");
  std::vector<uint8_t> bytes = ReadFile(file);
  bytes[17] ^= 1;
  WriteFile(file, bytes);
  ExpectError(Dump("second", {"--inject", Path("first")}), 4, {file, "md5"});
  const size_t at = indented.find(":", indented.find("\"md5\"", indented.find("MaxPool_7")));
  WriteText(path, indented.replace(indented.rfind("md5", at), 3, "_d5"));
  EXPECT_EQ(Dump("second", {"--inject", Path("first")}).status, 0);
}

TEST_F(RunJointDebug, ACutManifestIsRefused) {
  ASSERT_EQ(Dump("first").status, 0);
  const std::string text = ReadText(Path("first/manifest.json"));
  for (const size_t size : {size_t{0}, size_t{1}, text.size() / 2, text.size() - 3}) {
    WriteText(Path("first/manifest.json"), text.substr(0, size));
    ExpectError(Dump("second", {"--inject", Path("first")}), 4, {"manifest.json: is no whole manifest"});
  }
}

TEST_F(RunJointDebug, APipeIsNoManifest) {
  ASSERT_EQ(mkdir(Path("pipe").c_str(), 0777), 0);
  ASSERT_EQ(mkfifo(Path("pipe/manifest.json").c_str(), 0600), 0);
  ExpectError(RunCommand({"--inject", Path("pipe"), "--seed", "1", Path("small.joint")}), 4,
              {"manifest.json", "not a file"});
}

// The digest stands behind the model's name.
TEST_F(RunJointDebug, InjectReadsManifestsOfAnyLength) {
  joint::ModelT model = OneInput();
  model.name = std::string(4096, 'n');  // the most that the loader takes
  WriteFile(Path("long.joint"), Write(model));
  const CommandResult dump =
      RunCommand({"--dump_intermediate", "2", "--dump_folder", Path("dump"), Path("long.joint")});
  ASSERT_EQ(dump.status, 0) << dump.error;
  const CommandResult result = RunCommand({"--inject", Path("dump"), "--seed", "1", Path("long.joint")});
  EXPECT_EQ(result.status, 0) << result.error;
}

// What a tensor's bits do not allow would be read beyond tables.
TEST_F(RunJointDebug, InjectRefusesValuesBeyondTheBits) {
  NetworkBuilder net(11, "bits");
  const int words = net.Input({1, 5, 6, 8}, 0.001F, 30000, joint::DType::U16);
  net.Output(net.Dequantize(net.Softmax(words)));
  joint::ModelT model = net.Finish();
  joint::SoftmaxT& softmax = *FirstOptions<joint::SoftmaxT>(model);
  joint::TensorT& shares = *model.tensors[FirstLayer<joint::SoftmaxT>(model)->outputs[0]];
  FirstLayer<joint::SoftmaxT>(model)->version = 2;
  softmax.numerator = 100;
  shares.quantization->scale[0] = 1.0F / 100.0F;
  shares.quantization->bits = 7;
  WriteFile(Path("bits.joint"), Write(model));
  const CommandResult dump =
      RunCommand({"--dump_intermediate", "2", "--dump_folder", Path("dump"), Path("bits.joint")});
  ASSERT_EQ(dump.status, 0) << dump.error;
  const std::vector<std::string> inject = {"--inject", Path("dump"), "--seed", "1", Path("bits.joint")};
  EXPECT_EQ(RunCommand(inject).status, 0);
  int found = 0;
  for (const std::string& file : FilesIn(Path("dump"))) {
    if (file.find("Softmax") == std::string::npos) continue;
    ++found;
    std::vector<uint8_t> bytes = ReadFile(Path("dump/" + file));
    const Md5Text before = ToText(Md5Of(bytes.data(), bytes.size()));
    bytes[5] = 128;
    WriteFile(Path("dump/" + file), bytes);
    std::string manifest = ReadText(Path("dump/manifest.json"));
    const size_t at = manifest.find(before.data());
    ASSERT_NE(at, std::string::npos) << manifest;
    WriteText(Path("dump/manifest.json"), manifest.replace(at, 32, ToText(Md5Of(bytes.data(), bytes.size())).data()));
    ExpectError(RunCommand(inject), 4, {file, "has 128", "7 bits", "dump the model again"});
  }
  EXPECT_EQ(found, 1);
}

// Random input is not what the dump was made with, and the first layer would be blamed for it.
TEST_F(RunJointDebug, InjectNeedsTheInputOfTheDump) {
  ASSERT_EQ(Dump("first").status, 0);
  ExpectError(RunCommand({"--inject", Path("first"), Path("small.joint")}), 2,
              {"--inject needs the input", "--data", "--seed"});
}

// Other data than the dump's would show as a difference of the first layer.
TEST_F(RunJointDebug, InjectRefusesAnotherInputThanTheDumps) {
  ASSERT_EQ(Dump("first").status, 0);
  const std::vector<std::string> inject = {"--inject", Path("first"), Path("small.joint")};
  const auto with = [&](std::vector<std::string> data) {
    data.insert(data.end(), inject.begin(), inject.end());
    return RunCommand(data);
  };
  EXPECT_EQ(with({"-d", SmallData()}).status, 0);
  const std::vector<std::string> words = {"--inject", "was made with another input", "md5", "--data", "--seed"};
  ExpectError(with({"--seed", "5"}), 2, words);
  const std::string first_input = SmallData().substr(0, SmallData().find(';'));
  std::vector<uint8_t> bytes = ReadFile(first_input);
  bytes.back() ^= 1;
  WriteFile(first_input, bytes);
  ExpectError(with({"-d", SmallData()}), 2, words);
  // Of an older dump nobody knows what it was made with.
  std::string manifest = ReadText(Path("first/manifest.json"));
  WriteText(Path("first/manifest.json"), manifest.replace(manifest.find("input_md5"), 9, "other_md5"));
  EXPECT_EQ(with({"--seed", "5"}).status, 0);
}

TEST_F(RunJointDebug, BadExpressionIsWrongUsage) {
  ExpectError(Dump("first", {"--dump_layers", "["}), 2, {"dump_layers", "["});
}

}  // namespace
}  // namespace lockstep::test
