// `lockstep report`, and --report of other commands, through the program.
#include <gtest/gtest.h>

#include "command_line.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"

namespace lockstep::testing {
namespace {

class ReportCommandTest : public CommandLineTest {
 protected:
  void SetUp() override {
    importer::ExportOnnx(SmallDetector(), P("net.onnx"));
    WritePictures(Path("pictures"), 3);
    const boards::ProcessResult built = Lockstep(Settings("build", {"--report", P("build.html")}));
    ASSERT_EQ(built.status, 0) << built.err;
  }

  std::vector<std::string> Settings(const std::string& command, const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {command,  "--input",       P("net.onnx"), "--output-dir",
                                          P("out"), "--calibration", P("pictures")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string P(const std::string& name) const { return Path(name).string(); }
  std::string Joint() const { return P("out/net.joint"); }
  std::string Picture() const { return P("pictures/picture_0.png"); }

  // The data within a page.
  nlohmann::json Page(const std::string& name) const {
    const std::string html = ReadText(Path(name));
    const std::string begin = "id=\"data\">";
    const size_t from = html.find(begin);
    if (from == std::string::npos) return {};
    return nlohmann::json::parse(html.substr(from + begin.size(), html.find("</script>", from) - from - begin.size()));
  }
  static bool HasMeasure(const nlohmann::json& page, const std::string& id) {
    for (const nlohmann::json& measure : page.at("measures")) {
      if (measure.at("id") == id) return true;
    }
    return false;
  }
  void Expect(const std::vector<std::string>& arguments) const {
    const boards::ProcessResult result = Lockstep(arguments);
    EXPECT_EQ(result.status, 0) << arguments[0] << "\n" << result.err;
  }
};

TEST_F(ReportCommandTest, EveryCommandHasItsPage) {
  EXPECT_EQ(Page("build.html").at("verdicts").at(0).at("from"), "build");
  Expect({"analyze", P("out"), "--images", Picture(), "--report", P("analyze.html"), "-q"});
  EXPECT_TRUE(HasMeasure(Page("analyze.html"), "analysis.per_layer.sqnr"));
  Expect({"crosscheck", Joint(), "--data", Picture(), "--board", "local", "--report", P("crosscheck.html"), "-q"});
  const nlohmann::json crosscheck = Page("crosscheck.html");
  EXPECT_EQ(crosscheck.at("boards").at(0).at("states"), std::string(crosscheck.at("layers").size(), 'e'));
  Expect({"profile", Joint(), "--board", "local", "--report", P("profile.html"), "-q"});
  EXPECT_TRUE(HasMeasure(Page("profile.html"), "profile.time"));
  Expect(Settings("sensitivity", {"--pictures", "1", "--no-state", "-q", "--report", P("sensitivity.html")}));
  EXPECT_TRUE(HasMeasure(Page("sensitivity.html"), "sensitivity.sqnr"));
  Expect(Settings("tune", {"--target-sqnr", "5", "-q", "--report", P("tune.html")}));
  EXPECT_EQ(Page("tune.html").at("command"), "tune");
}

TEST_F(ReportCommandTest, ResultsComeTogether) {
  Expect({"analyze", P("out"), "--images", Picture(), "--json", P("analysis.json"), "-q"});
  Expect({"memory", Joint(), "--json", P("memory.json")});
  Expect({"report", Joint(), "--analysis", P("analysis.json"), "--memory", P("memory.json"), "--data", Picture(),
          "--second", Joint(), "--second-analysis", P("analysis.json"), "-o", P("all.html"), "--model-explorer",
          P("explorer"), "--annotated-onnx", P("annotated.onnx"), "-q"});
  const nlohmann::json page = Page("all.html");
  EXPECT_TRUE(HasMeasure(page, "second.analysis.per_layer.sqnr"));
  EXPECT_EQ(page.at("comparisons").size(), 1U);
  EXPECT_GT(page.at("heat_maps").size(), 10U);
  // In front of a Sigmoid the network has values of thousands, which its levels cut on purpose.
  for (const nlohmann::json& map : page.at("heat_maps")) EXPECT_LE(map.at("most"), 65535) << map.at("title");
  EXPECT_GT(page.at("memory").at("planned").size(), 2U);
  EXPECT_TRUE(std::filesystem::exists(Path("explorer/net.json")));
  EXPECT_TRUE(std::filesystem::exists(Path("explorer/net.analysis.per_layer.sqnr.json")));
  EXPECT_EQ(Lockstep({"info", P("annotated.onnx")}).status, 0);
  EXPECT_NE(ReadText(Path("annotated.onnx")).find("lockstep.analysis.per_layer.sqnr"), std::string::npos);
}

TEST_F(ReportCommandTest, AnotherNetworkIsNotStoodBesideIt) {
  importer::ExportOnnx(SmallMobileNetwork(), P("mobile.onnx"));
  Expect({"build", "--input", P("mobile.onnx"), "--output-dir", P("mobile"), "--calibration", P("pictures")});
  ExpectError({"report", Joint(), "--second", P("mobile/mobile.joint"), "-o", P("a.html")}, 2,
              {"not those of one network", "the first is", "--second is for another build"});
}

TEST_F(ReportCommandTest, WhatDumpsLackIsSaid) {
  for (const char* dump : {"right", "other"}) Expect({"run", Joint(), "--data", Picture(), "--dump", P(dump), "-q"});
  const std::vector<std::string> command = {"report", Joint(), "--dumps", P("right"), P("other"), "-o", P("a.html")};
  const boards::ProcessResult whole = Lockstep(command);
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_EQ(whole.out.find("note:"), std::string::npos) << whole.out;
  nlohmann::json manifest = nlohmann::json::parse(ReadText(Path("other/manifest.json")));
  nlohmann::json shorter = manifest;
  shorter.at("layers").erase(2);
  shorter.at("layers").at(3)["md5"] = std::string(32, '0');
  shorter.at("layers").at(3).erase("file");
  WriteText(Path("other/manifest.json"), shorter.dump());
  const boards::ProcessResult lacking = Lockstep(command);
  EXPECT_EQ(lacking.status, 0) << lacking.err;
  for (const std::string& words :
       {"note: dumps: 1 output only in " + P("right") + ", not compared, the first of layer 2 ",
        std::string("note: dumps: 1 output differing without a map, for a dump has its digest alone, the first of "
                    "layer 4 ")}) {
    EXPECT_NE(lacking.out.find(words), std::string::npos) << lacking.out;
  }
  EXPECT_EQ(Page("a.html").at("notes").size(), Page("build.html").at("notes").size() + 2);
  const std::string file = manifest.at("layers").at(5).at("file");
  std::filesystem::remove(Path("other/" + file));
  std::filesystem::remove(Path("a.html"));
  ExpectError(command, 4, {"has lost 1 of the", file, "dump again"});
}

TEST_F(ReportCommandTest, WhatDoesNotBelongIsRefused) {
  ExpectError({"report", Joint()}, 2, {"--output"});
  ExpectError({"report", P("net.onnx"), "-o", P("a.html")}, 2, {"net.onnx", "build it first"});
  ExpectError({"report", P("missing.joint"), "-o", P("a.html")}, 4, {"missing.joint"});
  ExpectError({"report", Joint(), "-o", "-"}, 2, {"--output"});
  ExpectError({"report", Joint(), "-o", Joint()}, 2, {"would replace the input"});
  ExpectError({"report", Joint(), "-o", P("a.html"), "--count", "2"}, 2, {"--data"});
  ExpectError({"report", Joint(), "-o", P("a.html"), "--second-profile", P("p.csv")}, 2, {"--second"});
  ExpectError({"report", Joint(), "-o", P("a.html"), "--profile", P("missing.csv")}, 4, {"missing.csv"});
  WriteText(Path("bad.json"), "{");
  ExpectError({"report", Joint(), "-o", P("a.html"), "--analysis", P("bad.json")}, 2, {"bad.json"});
  WriteText(Path("other.json"), R"({"layers": [{"index": 0, "name": "other"}]})");
  ExpectError({"report", Joint(), "-o", P("a.html"), "--analysis", P("other.json")}, 4, {"other.json", "other"});
  ExpectError({"report", Joint(), "-o", P("a.html"), "--dumps", P("out"), P("pictures")}, 4, {"out"});
  std::vector<std::string> elsewhere = Settings("sensitivity", {"--report", P("a.html")});
  elsewhere[4] = P("nothing_built");
  ExpectError(elsewhere, 2, {"--report", "build it first"});
}

}  // namespace
}  // namespace lockstep::testing
