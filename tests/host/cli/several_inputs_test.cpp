// Several inputs and outputs through every command.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "files/output_file.h"
#include "import/onnx_export.h"
#include "input/npy.h"
#include "support/small_detector.h"
#include "two_inputs.h"
#include "write_npz.h"

namespace lockstep::testing {
namespace {

class SeveralInputsTest : public TwoInputsTest {
 protected:
  // By file name.
  std::map<std::string, std::string> ContentOf(const std::string& folder) const {
    std::map<std::string, std::string> content;
    for (const std::string& file : Files(folder)) content[file] = ReadText(Path(folder) / file);
    return content;
  }
  void ExpectRun(const std::vector<std::string>& arguments) const {
    const boards::ProcessResult run = Lockstep(With(arguments, Data()));
    ASSERT_EQ(run.status, 0) << run.out << run.err;
  }
};

TEST_F(SeveralInputsTest, InfoSaysWhatTheModelTakesAndGives) {
  Build();
  ASSERT_EQ(Lockstep({"info", P("out/net.joint"), "--json", P("info.json")}).status, 0);
  const auto info = nlohmann::json::parse(ReadText(Path("info.json")));
  const auto& inputs = info.at("inputs");
  const auto& outputs = info.at("outputs");
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_EQ(inputs[0].at("name"), "images");
  EXPECT_EQ(inputs[0].at("dtype"), "u8");
  EXPECT_EQ(inputs[0].at("shape"), (std::vector<int>{2, 16, 16, 3}));
  EXPECT_EQ(inputs[1].at("name"), "vec");
  EXPECT_EQ(inputs[1].at("dtype"), "f32");
  EXPECT_EQ(inputs[1].at("kind"), "tensor");
  EXPECT_FALSE(inputs[1].contains("color") || inputs[1].contains("resize")) << inputs[1];
  EXPECT_EQ(inputs[1].at("shape"), (std::vector<int>{2, 8}));
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_EQ(outputs[0].at("dtype"), "f32");
  EXPECT_EQ(outputs[1].at("dtype"), "u16");
  EXPECT_EQ(outputs[1].at("shape"), (std::vector<int64_t>{2, net_.rows, net_.rows, 5}));
  EXPECT_GT(outputs[1].at("scale").get<double>(), 0.0) << outputs[1];
  EXPECT_EQ(outputs[2].at("dtype"), "s64");
  EXPECT_EQ(outputs[2].at("shape"), (std::vector<int>{2, 4, 3}));
}

TEST_F(SeveralInputsTest, TheNetworkAndTheModelAgree) {
  const boards::ProcessResult built = Lockstep(With(BuildCommand("floats"), {"--float-all"}));
  ASSERT_EQ(built.status, 0) << built.err;
  const boards::ProcessResult both =
      Lockstep(With({"run", P("net.onnx"), P("floats/net.joint"), "--json", P("both.json")}, Data()));
  ASSERT_EQ(both.status, 0) << both.out << both.err;
  ExpectFloatsAgree(ReadText(Path("both.json")));
}

TEST_F(SeveralInputsTest, WhatANetworkIsFedWithCanBeFedAgain) {
  ExpectRun({"run", P("net.onnx"), "--output-folder", P("first"), "--save-inputs", P("floats")});
  const boards::ProcessResult again = Lockstep({"run", P("net.onnx"), "--output-folder", P("again"), "--data",
                                                P("floats/picture_0.npy") + ";" + P("floats/picture_0_vec.npy")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(ContentOf("again"), ContentOf("first"));
}

TEST_F(SeveralInputsTest, EveryEngineAndProgramGivesTheSameBytes) {
  Build();
  for (const std::string engine : {"reference", "native"}) {
    ExpectRun({"run", P("out/net.joint"), "--engine", engine, "--npy", "--dump", P("dump_" + engine), "--output-folder",
               P("o_" + engine), "--save-inputs", P("inputs")});
  }
  const std::map<std::string, std::string> expected = ContentOf("o_reference");
  ASSERT_EQ(expected.size(), 6U) << "three outputs, as .bin and as .npy";
  EXPECT_EQ(ContentOf("o_native"), expected);

  std::string other = ReadText(Path("inputs/picture_0_vec.bin"));
  other.back() = static_cast<char>(other.back() ^ 1);
  WriteText(Path("inputs/other.bin"), other);
  const std::filesystem::path programs = std::filesystem::path(LOCKSTEP_PROGRAM).parent_path();
  for (const std::string build : {"release", "debug", "profile", "nmem"}) {
    std::vector<std::string> command = {programs / ("run_joint_" + build),
                                        "--data",
                                        P("inputs/picture_0.bin") + ";" + P("inputs/picture_0_vec.bin"),
                                        "-o",
                                        P("o_" + build),
                                        "--verify",
                                        P("o_reference"),
                                        P("out/net.joint")};
    if (build == "debug") command.insert(command.end(), {"--dump-intermediate", "2", "--dump-folder", P("dump_board")});
    const boards::ProcessResult run = boards::RunProcess(command, {}, std::chrono::seconds(60));
    ASSERT_EQ(run.status, 0) << build << run.out << run.err;
    for (const auto& [file, content] : ContentOf("o_" + build)) {
      if (file.find(".bin") == std::string::npos) continue;
      EXPECT_EQ(content, expected.at(file)) << build << " " << file;
    }
    EXPECT_GE(Files("o_" + build).size(), 3U) << build;
  }
  // A board's layers with the inputs of a dump: those of the same data, and of no other.
  for (const std::string dump : {"dump_reference", "dump_native", "dump_board"}) {
    const auto inject = [&](const std::string& second) {
      return boards::RunProcess({programs / "run_joint_debug", "--inject", P(dump), "--data",
                                 P("inputs/picture_0.bin") + ";" + P("inputs/" + second), P("out/net.joint")},
                                {}, std::chrono::seconds(60));
    };
    EXPECT_EQ(inject("picture_0_vec.bin").status, 0) << dump;
    const boards::ProcessResult refused = inject("other.bin");
    EXPECT_EQ(refused.status, 2) << dump << refused.out;
    EXPECT_NE(refused.err.find("was made with another input 'vec'"), std::string::npos) << refused.err;
  }
  for (const std::string dump : {"dump_native", "dump_board"}) {
    const boards::ProcessResult compared = Lockstep({"compare", P("dump_reference"), P(dump)});
    EXPECT_EQ(compared.status, 0) << compared.out << compared.err;
  }
}

TEST_F(SeveralInputsTest, TheFloatEngineDumpsTheSameTensors) {
  Build();
  ExpectRun(
      {"run", P("out/net.joint"), "--engine", "float", "--dump", P("dump_float"), "--output-folder", P("o_float")});
  ExpectRun({"run", P("out/net.joint"), "--dump", P("dump_native")});
  EXPECT_EQ(Files("o_float").size(), 3U);
  const boards::ProcessResult compared =
      Lockstep({"compare", P("dump_float"), P("dump_native"), "--min-cosine", "0.9", "--json", P("c.json")});
  EXPECT_GE(ExpectFewSteps(nlohmann::json::parse(ReadText(Path("c.json"))).at("layers"), 3.0), 4)
      << compared.out << compared.err;
}

TEST_F(SeveralInputsTest, OutputsHaveTheirForms) {
  Build();
  ExpectRun({"run", P("out/net.joint"), "--npy", "--output-folder", P("o")});
  const std::map<std::string, std::string> bytes = ContentOf("o");
  const auto pixels = static_cast<size_t>(2 * net_.rows * net_.rows);
  std::map<std::string, int> forms;
  for (const auto& [file, content] : bytes) {
    if (file.find(".npy") == std::string::npos) continue;
    const input::NpyArray array = input::ParseNpy({content.begin(), content.end()}, file);
    ++forms[array.dtype];
    const std::string& given = bytes.at(file.substr(0, file.size() - 4) + ".bin");
    ASSERT_EQ(given.size(), array.bytes.size()) << file;
    if (array.dtype == "u16") {
      // Given channels last; the .npy is in the order of ONNX.
      EXPECT_EQ(array.shape, (graph::Shape{2, 5, net_.rows, net_.rows}));
      const auto element = [](const auto& of, size_t i) {
        return std::pair(static_cast<uint8_t>(of[2 * i]), static_cast<uint8_t>(of[2 * i + 1]));
      };
      EXPECT_EQ(element(array.bytes, 1), element(given, 5));
      EXPECT_EQ(element(array.bytes, pixels / 2), element(given, 1));
    } else if (array.dtype == "s64") {
      EXPECT_EQ(array.shape, (graph::Shape{2, 4, 3}));
      std::vector<int64_t> indices(24);
      std::memcpy(indices.data(), array.bytes.data(), array.bytes.size());
      for (const int64_t index : indices) EXPECT_TRUE(index >= 0 && index < net_.rows * net_.rows) << index;
    } else {
      EXPECT_EQ(array.shape, (graph::Shape{2, 4, net_.rows, net_.rows}));
      EXPECT_EQ(array.bytes, std::vector<uint8_t>(given.begin(), given.end()));
    }
  }
  EXPECT_EQ(forms, (std::map<std::string, int>{{"f32", 1}, {"s64", 1}, {"u16", 1}}));
}

TEST_F(SeveralInputsTest, TheMergedConfigurationBuildsTheSameBytes) {
  Build();
  const std::string first = ReadText(Path("out/net.joint"));
  const boards::ProcessResult again =
      Lockstep({"build", "--config", P("out/net.config.json"), "--output-dir", P("again")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(ReadText(Path("again/net.joint")), first);
}

TEST_F(SeveralInputsTest, IntegersOfEveryWidthAreTaken) {
  for (const std::string type : {"u8", "s8", "u16", "s16"}) {
    const size_t width = type.find("16") == std::string::npos ? 1 : 2;
    for (int k = 0; k < 3; ++k) {
      std::vector<uint8_t> data(16 * width);
      for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i % width == 0 ? (i * 11 + k) % 7 : 0);
      const auto file = input::MakeNpy(type, {2, 8}, data.data(), data.size());
      files::WriteFile(Path("v_" + type) / (std::to_string(k) + ".npy"), file.data(), file.size());
    }
    const std::vector<std::string> build = {"build",
                                            "--input",
                                            P("net.onnx"),
                                            "--calibration",
                                            "images=" + P("pictures"),
                                            "--calibration",
                                            "vec=" + P("v_" + type),
                                            "--input-type",
                                            "vec:" + type};
    const boards::ProcessResult built = Lockstep(With(build, {"--output-dir", P(type)}));
    ASSERT_EQ(built.status, 0) << type << built.err;
    const std::vector<std::string> data = {"--data", "images=" + P("photos"), "--data",
                                           "vec=" + P("v_" + type + "/0.npy")};
    const boards::ProcessResult checked =
        Lockstep(With({"crosscheck", P(type + "/net.joint"), "--board", "local", "--json", P(type + ".json")}, data));
    ASSERT_EQ(checked.status, 0) << type << checked.out << checked.err;
    EXPECT_EQ(nlohmann::json::parse(ReadText(Path(type + ".json"))).at("verdict"), "exact") << type;
    ASSERT_EQ(Lockstep(With(build, {"--float-all", "--output-dir", P(type + "_floats")})).status, 0) << type;
    const boards::ProcessResult both =
        Lockstep(With({"run", P("net.onnx"), P(type + "_floats/net.joint"), "--json", P("both.json")}, data));
    ASSERT_EQ(both.status, 0) << type << both.out << both.err;
    ExpectFloatsAgree(ReadText(Path("both.json")));
  }
}

TEST_F(SeveralInputsTest, WrongSettingsOfABuildAreNamed) {
  ExpectError({"build", "--input", P("net.onnx"), "--output-dir", P("new"), "--calibration", P("pictures")}, 2,
              {"the model has 2 inputs (images, vec), --calibration gives 1"});
  const std::vector<std::string> build = BuildCommand("new");
  ExpectError(With(build, {"--input-type", "vce:f32"}), 2, {"has no input \"vce\"", "did you mean vec?"});
  ExpectError(With(build, {"--input-type", "vec:f23"}), 2,
              {"--input-type \"vec:f23\" is not NAME:CHOICE", "did you mean vec:f32?"});
  ExpectError(With(build, {"--output-format", "y:raw"}), 2, {"--output-format", "net.onnx has no output \"y\""});
  ExpectError(With(build, {"--output-format", net_.indices + ":raw"}), 2, {"--output-format", "holds integers"});
  ExpectError(With(build, {"--float-all", "--output-format", net_.raw + ":raw"}), 2,
              {net_.raw, "is computed in floats"});
  ExpectError(With(build, {"--output-order", net_.raw + "x:physical"}), 2,
              {"--output-order", "did you mean " + net_.raw + "?"});
}

TEST_F(SeveralInputsTest, TwoModelsWithOtherInputsAreRefused) {
  Build();
  const std::string detector = P("detector.onnx");
  importer::ExportOnnx(SmallDetector(), detector);
  const auto refused = [&](const std::string& first, const std::string& second, const std::string& words) {
    ExpectError(With({"run", first, second}, Data()), 2,
                {"the two models have different inputs: " + words, "run each alone"});
  };
  refused(P("out/net.joint"), detector, "images, vec / images;");
  refused(detector, P("out/net.joint"), "images / images, vec;");
  refused(P("net.onnx"), detector, "images, vec / images;");
}

TEST_F(SeveralInputsTest, WrongDataOfARunIsNamed) {
  Build();
  const auto refused = [&](const std::vector<std::string>& data, int status, const std::vector<std::string>& words) {
    ExpectError(With({"run", P("out/net.joint")}, data), status, words);
  };
  const std::string photos = "images=" + P("photos");
  refused({"--data", photos}, 2, {"the input vec gets no data; add --data vec=PATH"});
  refused(With({"--data", "mask=" + P("vec.npy")}, Data()), 2,
          {"the model has no input \"mask\" (it has images, vec)"});
  refused({"--data", photos, "--data", "vce=" + P("vec.npy")}, 2, {"no input \"vce\"", "did you mean vec?"});
  refused({"--data", photos, "--data", "vec=" + P("none.npy")}, 4, {"none.npy", "no such file; check --data"});
  const std::string photo = "images=" + P("photos/picture_0.png");
  WritePictures(Path("many"), 6);
  WriteVector(Path("two/0.npy"), 1);
  WriteVector(Path("two/1.npy"), 2);
  refused({"--data", "images=" + P("many"), "--data", "vec=" + P("two")}, 2,
          {"data for 3 runs for the input images and for 2 for vec", "give as many, or one file for all"});
  std::filesystem::create_directory(Path("empty"));
  refused({"--data", "images=" + P("empty"), "--data", "vec=" + P("vec.npy")}, 4, {P("empty")});
}

// Each is the good array, and what is wrong with it.
TEST_F(SeveralInputsTest, WrongArraysAreRefusedWithTheWayOut) {
  Build();
  const auto npy = [](const std::string& dtype, const graph::Shape& shape) {
    const std::vector<uint8_t> bytes(static_cast<size_t>(graph::ElementCount(shape)) * (dtype == "f32" ? 4 : 2));
    return input::MakeNpy(dtype, shape, bytes.data(), bytes.size());
  };
  const std::vector<uint8_t> good = npy("f32", {2, 8});
  const auto damaged = [&](const std::string& from, const std::string& to) {
    std::vector<uint8_t> file = good;
    const auto found = std::search(file.begin(), file.end(), from.begin(), from.end());
    EXPECT_NE(found, file.end()) << from;
    std::copy(to.begin(), to.end(), found);
    return file;
  };
  const auto with_value = [&](size_t element, float value) {
    std::vector<float> values(16);
    values[element] = value;
    return input::MakeNpy("f32", {2, 8}, values.data(), values.size() * sizeof(float));
  };
  const auto refused = [&](const std::string& name, const std::vector<uint8_t>& file,
                           const std::vector<std::string>& words) {
    files::WriteFile(Path(name), file.data(), file.size());
    std::vector<std::string> all = words;
    all.push_back(P(name));
    ExpectError({"run", P("out/net.joint"), "--data", "images=" + P("photos"), "--data", "vec=" + P(name)}, 4, all);
  };
  refused("wide.npy", npy("f32", {2, 9}),
          {"the input vec takes f32 2x8, the array is f32 2x9; save it with that shape"});
  refused("batch.npy", npy("f32", {1, 8}), {"takes f32 2x8, the array is f32 1x8; save it with that shape and type"});
  refused("type.npy", npy("s16", {2, 8}), {"takes f32 2x8, the array is s16 2x8; save it with that shape and type"});
  refused("order.npy", damaged("False", "True "), {"is in Fortran order", "save numpy.ascontiguousarray of it"});
  refused("big.npy", damaged("<f4", ">f4"),
          {"is big-endian (\">f4\"), little-endian is taken; save it with astype('<f4')"});
  refused("cut.npy", {good.begin(), good.end() - 1}, {"its header says 2x8 of 4 bytes each, but 63 bytes follow"});
  refused("head.npy", {good.begin(), good.begin() + 40}, {"its header is cut short; save it again with numpy.save"});
  refused("garbage.npy", damaged("'fortran_order'", "\x01\x02\x03\x04ran_order'"), {"is no .npy file", "numpy.save"});
  refused("text.npy", {'n', 'o', 'n', 'e'}, {"it does not begin as one; save it again with numpy.save"});
  refused("nan.npy", with_value(9, std::nanf("")),
          {"the input vec takes finite numbers, element 9 in the file is nan; give it a number"});
  refused("inf.npy", with_value(0, -HUGE_VALF), {"element 0 in the file is -inf; give it a number"});
  refused("nan.bin",
          [&] {
            const std::vector<uint8_t> file = with_value(2, std::nanf(""));
            return std::vector<uint8_t>(file.end() - 64, file.end());
          }(),
          {"the input vec takes finite numbers, element 2 in the file is nan"});
  refused("short.bin", std::vector<uint8_t>(63), {"has 63 bytes, the input vec (f32 2x8) takes 64"});
}

TEST_F(SeveralInputsTest, ASetOfArraysIsOneRun) {
  Build();
  const std::vector<uint8_t> pixels(2 * 3 * 16 * 16, 77);
  const std::vector<uint8_t> images = input::MakeNpy("u8", {2, 3, 16, 16}, pixels.data(), pixels.size());
  const std::string text = ReadText(Path("vec.npy"));
  const std::vector<uint8_t> vec(text.begin(), text.end());
  files::WriteFile(Path("images.npy"), images.data(), images.size());
  const auto run = [&](const std::vector<std::string>& data, const std::string& folder) {
    const boards::ProcessResult ran = Lockstep(With({"run", P("out/net.joint"), "--output-folder", P(folder)}, data));
    ASSERT_EQ(ran.status, 0) << ran.err;
  };
  WriteNpz(Path("images.npz"), {{"vec", vec}, {"images", images}});
  run({"--data", P("images.npz")}, "a");
  run({"--data", "images=" + P("images.npy"), "--data", "vec=" + P("vec.npy")}, "b");
  EXPECT_EQ(ContentOf("a"), ContentOf("b"));
  EXPECT_EQ(ContentOf("a").size(), 3U);

  const auto refused = [&](const std::string& name, const std::vector<std::string>& words) {
    ExpectError({"run", P("out/net.joint"), "--data", P(name)}, 4, words);
  };
  WriteNpz(Path("few.npz"), {{"images", images}});
  refused("few.npz", {P("few.npz"), "has no array for the input vec; save one under that name"});
  WriteNpz(Path("more.npz"), {{"images", images}, {"vec", vec}, {"mask", vec}});
  refused("more.npz", {P("more.npz"), "its array \"mask\" is for no input of the model (images, vec); leave it out"});
  WriteNpz(Path("wrong.npz"), {{"images", vec}, {"vec", vec}});
  refused("wrong.npz", {P("wrong.npz") + ", array images", "takes u8 2x3x16x16, the array is f32 2x8"});
  WriteText(Path("none.npz"), "no zip");
  refused("none.npz", {P("none.npz"), "save it with numpy.savez"});
}

}  // namespace
}  // namespace lockstep::testing
