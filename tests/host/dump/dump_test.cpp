#include "dump/dump.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "files/digest.h"
#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::dump {
namespace {

class DumpTest : public testing::FolderTest {
 protected:
  static DumpLayer Layer(int index, const std::string& name) {
    DumpLayer layer;
    layer.index = index;
    layer.name = name;
    layer.op = "Conv";
    layer.onnx_nodes = {"/model.0/conv/Conv", "/model.0/act/Mul"};
    layer.tensor = "/model.0/act/Mul_output_0";
    layer.dtype = "u8";
    layer.shape = {1, 1, 2, 2};
    layer.axes = {0, 2, 3, 1};
    layer.scale = 0.25;
    layer.zero_point = 3;
    return layer;
  }
  static Manifest Head() {
    Manifest head;
    head.producer = "reference";
    head.model = "small";
    head.model_digest = "00112233445566778899aabbccddeeff";
    head.contract = "rq1";
    head.target = "host";
    return head;
  }
  void WriteTwoLayers(const DumpOptions& options) {
    DumpWriter writer(Path("dump"), Head(), options);
    const std::vector<uint8_t> first = {1, 2, 3, 4};
    const std::vector<uint8_t> second = {5, 6, 7, 8};
    writer.Add(Layer(0, "Conv_0"), first.data(), first.size());
    writer.Add(Layer(12, "a/odd name"), second.data(), second.size());
    writer.Finish();
  }
};

TEST_F(DumpTest, AScaleForEachChannelIsRead) {
  DumpLayer layer = Layer(0, "Conv_0");
  layer.channel_scales = {0.25, 0.125};
  const std::vector<uint8_t> bytes = {1, 2, 3, 4};
  DumpWriter writer(Path("dump"), Head(), {});
  writer.Add(layer, bytes.data(), bytes.size());
  writer.Finish();
  EXPECT_EQ(ReadManifest(Path("dump")).layers.at(0).channel_scales, layer.channel_scales);
  const std::string good = ReadText(Path("dump/manifest.json"));
  for (const char* scales : {"[0.25]", "[0.25,0.125,0.5]", "[]", "[0.25,-1]", "[0.25,\"x\"]"}) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(good);
    json["layers"][0]["scale"] = nlohmann::ordered_json::parse(scales);
    WriteText(Path("dump/manifest.json"), json.dump());
    EXPECT_THROW(ReadManifest(Path("dump")), BadInput) << scales;
  }
}

TEST_F(DumpTest, WhatWasWrittenIsRead) {
  WriteTwoLayers({});
  const Manifest manifest = ReadManifest(Path("dump"));
  EXPECT_EQ(manifest.model_digest, Head().model_digest);
  EXPECT_EQ(manifest.contract, "rq1");
  ASSERT_EQ(manifest.layers.size(), 2U);
  const DumpLayer& layer = manifest.layers[1];
  EXPECT_EQ(layer.index, 12);
  EXPECT_EQ(layer.onnx_nodes.size(), 2U);
  EXPECT_EQ(layer.axes, (std::vector<int>{0, 2, 3, 1}));
  EXPECT_EQ(layer.zero_point, 3);
  EXPECT_EQ(layer.file, "0012_a_odd_name_shape_1_1_2_2.bin");
  EXPECT_EQ(ReadDumpLayer(Path("dump"), layer), (std::vector<uint8_t>{5, 6, 7, 8}));
}

TEST_F(DumpTest, EveryOutputOfALayerIsAnEntry) {
  DumpWriter writer(Path("dump"), Head(), {});
  for (int output = 0; output < 2; ++output) {
    DumpLayer layer = Layer(3, "TopK_3");
    layer.output = output;
    const std::vector<uint8_t> bytes(4, static_cast<uint8_t>(output));
    writer.Add(layer, bytes.data(), bytes.size());
  }
  writer.Finish();
  const Manifest manifest = ReadManifest(Path("dump"));
  ASSERT_EQ(manifest.layers.size(), 2U);
  for (int output = 0; output < 2; ++output) {
    const DumpLayer& layer = manifest.layers[static_cast<size_t>(output)];
    EXPECT_EQ(layer.Place(), std::make_pair(3, output));
    EXPECT_EQ(layer.file, "0003_TopK_3_output" + std::to_string(output) + "_shape_1_1_2_2.bin");
    EXPECT_EQ(ReadDumpLayer(Path("dump"), layer), std::vector<uint8_t>(4, static_cast<uint8_t>(output)));
  }
}

TEST_F(DumpTest, DigestsAloneWriteNoTensorFiles) {
  DumpOptions options;
  options.digests_only = true;
  WriteTwoLayers(options);
  EXPECT_EQ(Files("dump"), (std::vector<std::string>{"manifest.json"}));
  EXPECT_EQ(ReadManifest(Path("dump")).layers[0].md5, files::Md5Hex("\1\2\3\4", 4));
}

TEST_F(DumpTest, AnExpressionSelectsLayers) {
  DumpOptions options;
  options.layers = "^Conv_";
  WriteTwoLayers(options);
  EXPECT_EQ(ReadManifest(Path("dump")).layers.size(), 1U);
  options.layers = "(";
  EXPECT_THROW(WriteTwoLayers(options), UsageError);
}

TEST_F(DumpTest, AnOlderDumpIsReplaced) {
  WriteTwoLayers({});
  WriteText(Path("dump/notes.txt"), "mine");
  DumpOptions options;
  options.layers = "odd";
  WriteTwoLayers(options);
  EXPECT_EQ(Files("dump"),
            (std::vector<std::string>{"0012_a_odd_name_shape_1_1_2_2.bin", "manifest.json", "notes.txt"}));
}

TEST_F(DumpTest, DamageIsNamed) {
  WriteTwoLayers({});
  const Manifest manifest = ReadManifest(Path("dump"));
  WriteText(Path("dump") / manifest.layers[0].file, "abcd");
  try {
    ReadDumpLayer(Path("dump"), manifest.layers[0]);
    FAIL() << "a changed file was taken";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find(manifest.layers[0].file), std::string::npos) << error.what();
  }
  WriteText(Path("dump") / manifest.layers[0].file, "abc");
  EXPECT_THROW(ReadDumpLayer(Path("dump"), manifest.layers[0]), BadInput);
  EXPECT_THROW(ReadManifest(Path("nothing")), BadInput);
}

TEST_F(DumpTest, AShapeWhoseElementsCannotBeCountedIsRefused) {
  for (const std::string shape : {"1099511627776, 16777216", "0, 1099511627776, 16777216", "-1, 0"}) {
    WriteText(Path("dump/manifest.json"),
              R"({"format": 1, "producer": "float", "layers": [{"index": 0, "name": "a", "op": "Conv", "dtype": "u8",
                  "bytes": 0, "md5": "d41d8cd98f00b204e9800998ecf8427e", "file": "a.bin", "shape": [)" +
                  shape + "]}]}");
    try {
      ReadManifest(Path("dump"));
      FAIL() << shape << " was taken";
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("shape is not valid"), std::string::npos) << error.what();
    }
  }
}

// A manifest of 2x3 bytes with these fields added to a good layer, and the whole list of layers.
class ManifestTest : public DumpTest {
 protected:
  static std::string Layer(const std::string& name, int index, const std::string& axes = "[0, 1]") {
    return R"({"index": )" + std::to_string(index) + R"(, "name": ")" + name + R"(", "op": "Conv", "tensor": "t_)" +
           name + R"(", "dtype": "u8", "bytes": 6, "shape": [2, 3], "axes": )" + axes +
           R"(, "md5": "d41d8cd98f00b204e9800998ecf8427e", "file": ")" + name + R"(.bin"})";
  }
  std::string ErrorOf(const std::string& layers) {
    WriteText(Path("dump/manifest.json"), R"({"format": 1, "producer": "float", "layers": [)" + layers + "]}");
    try {
      ReadManifest(Path("dump"));
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(ManifestTest, ALayerThatIsListedTwiceIsNamed) {
  EXPECT_EQ(ErrorOf(Layer("a", 0) + "," + Layer("b", 1)), "");
  EXPECT_NE(
      ErrorOf(Layer("a", 0) + "," + Layer("b", 1) + "," + Layer("a", 0)).find("the layer 0 \"a\" is listed twice"),
      std::string::npos);
  EXPECT_NE(ErrorOf(Layer("a", 0) + "," + Layer("a", 1)).find("have one file, \"a.bin\""), std::string::npos);
}

TEST_F(ManifestTest, AxesAreAPermutation) {
  EXPECT_EQ(ErrorOf(Layer("a", 0, "[1, 0]")), "");
  for (const char* axes : {"[0]", "[0, 0]", "[0, 2]", "[0, -1]", "[0, 4294967297]", "[0.0, 1.0]", "7", "[0, 1, 2]"}) {
    const std::string error = ErrorOf(Layer("a", 0, axes));
    EXPECT_NE(error.find("layer \"a\": axes "), std::string::npos) << axes << ": " << error;
  }
}

TEST_F(ManifestTest, NoLibraryTalks) {
  for (const char* layers : {"7", "{}", R"({"name": 3})", R"({"name": "a", "index": "zero"})", "[[1]"}) {
    const std::string error = ErrorOf(layers);
    EXPECT_NE(error.find("manifest.json"), std::string::npos) << layers << ": " << error;
    EXPECT_EQ(error.find("json.exception"), std::string::npos) << error;
  }
}

TEST_F(DumpTest, AManifestThatContradictsItselfIsRefused) {
  WriteTwoLayers({});
  const std::string good = ReadText(Path("dump/manifest.json"));
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    const size_t at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    WriteText(Path("dump/manifest.json"), bad);
    EXPECT_THROW(ReadManifest(Path("dump")), BadInput) << to;
  };
  refused("\"format\": 1", "\"format\": 2");
  refused("\"dtype\": \"u8\"", "\"dtype\": \"u7\"");
  refused("\"bytes\": 4", "\"bytes\": 5");
  refused("\"file\": \"0000", "\"file\": \"../0000");
  refused("\"file\": \"0000", "\"file\": \"..\", \"was\": \"");
  refused("\"layers\"", "\"stratum\"");
  refused("\"scale\": ", "\"scale\": -");
  refused("\"index\": ", "\"index\": -1");
  refused("\"md5\": \"", "\"md5\": \"x");
  refused("{", "");
}

}  // namespace
}  // namespace lockstep::dump
