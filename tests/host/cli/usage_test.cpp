// Words on the command line that are none, in our words and with the nearest ones.
#include <gtest/gtest.h>

#include "command_line.h"

namespace lockstep::testing {
namespace {

using UsageTest = CommandLineTest;

TEST_F(UsageTest, HelpIsACommandToo) {
  EXPECT_EQ(Lockstep({"help"}).out, Lockstep({"--help"}).out);
  for (const std::string command : {"build", "run", "crosscheck", "compare", "extract", "split", "info", "help"}) {
    EXPECT_EQ(Lockstep({"help", command}).out, Lockstep({command, "--help"}).out);
    EXPECT_EQ(Lockstep({"help", command}).status, 0);
  }
  ExpectError({"help", "biuld"}, 2, {"the command \"biuld\" is unknown; did you mean build?"});
}

TEST_F(UsageTest, HelpSpeaksItsOwnWords) {
  for (const std::string command : {"build", "run", "crosscheck", "compare", "extract", "split", "info", "help"}) {
    const std::string page = Lockstep({"help", command}).out;
    for (const std::string words : {" in [", "NONNEGATIVE", "(1x)"}) {
      EXPECT_EQ(page.find(words), std::string::npos) << command << " has " << words << "\n" << page;
    }
  }
  EXPECT_NE(Lockstep({"help", "crosscheck"}).out.find("--timeout INT               seconds"), std::string::npos);
  EXPECT_NE(Lockstep({"help", "run"}).out.find("lockstep run [OPTIONS] models...\n"), std::string::npos);
}

TEST_F(UsageTest, AFlagThatIsNoneHasANearestOne) {
  ExpectError({"build", "--inpt", "x.onnx"}, 2, {"lockstep build has no flag \"--inpt\"", "did you mean --input?"});
  ExpectError({"run", "a.joint", "--dta=x.bin"}, 2, {"lockstep run has no flag \"--dta\"", "did you mean --data?"});
  ExpectError({"crosscheck", "--bord", "local"}, 2, {"did you mean --board?"});
  ExpectError({"info", "a.joint", "--jsn", "-"}, 2, {"did you mean --json?"});
  ExpectError({"--versoin"}, 2, {"lockstep has no flag \"--versoin\"", "did you mean --version?"});
}

TEST_F(UsageTest, WhatIsMissingOrOfAnotherKindIsNamed) {
  ExpectError({}, 2, {"a command is missing; it is one of build, run, crosscheck, "});
  ExpectError({"run", "a.joint"}, 2, {"--data is missing (a picture"});
  ExpectError({"info"}, 2, {"model is missing (the file)"});
  ExpectError({"build", "--count", "many"}, 2, {"--count takes a whole number, not \"many\""});
  ExpectError({"run", "a.joint", "--data", "x.bin", "--min-cosine", "2"}, 2,
              {"--min-cosine takes a number from -1 to 1, not \"2\""});
  ExpectError({"run", "a.joint", "--data", "x.bin", "--min-cosine", "high"}, 2, {"takes a number from -1 to 1"});
  ExpectError({"crosscheck", "a.joint", "--data", "x.bin", "--board", "local", "--timeout", "0"}, 2,
              {"--timeout takes a whole number from 1 to 1000000, not \"0\""});
  ExpectError({"compare", "a", "b", "--atol", "-1"}, 2, {"--atol takes a number of at least 0, not \"-1\""});
  ExpectError({"info", "a.joint", "b.joint"}, 2, {"what is \"b.joint\" for?"});
  ExpectError({"build", "a.onnx"}, 2, {"what is \"a.onnx\" for?"});
  ExpectError({"info", "a.joint", "--json"}, 2, {"--json needs a value"});
  ExpectError({"run", "a.joint", "b.joint", "c.joint", "--data", "x"}, 2,
              {"3 values are given as models, at most 2 are taken; leave \"c.joint\" out"});
}

TEST_F(UsageTest, AFileOfTheOtherKindIsNamedWithTheWayOut) {
  for (const char* file : {"net.onnx", "net.joint"}) WriteText(Path(file), "its ending decides");
  const std::string onnx = Path("net.onnx").string();
  const std::string joint = Path("net.joint").string();
  const std::string build_it =
      onnx + " is an ONNX network, here a joint model is needed; make one with `lockstep build";
  ExpectError({"crosscheck", onnx, "--data", "x.bin", "--board", "local"}, 2, {build_it});
  ExpectError({"build", "--input", joint, "--output-dir", Path("out").string(), "--calibration", Path(".").string()}, 2,
              {"'" + joint + "' is a joint model, here the ONNX network that it was built from is needed"});
  ExpectError({"compare", joint, onnx}, 2, {joint + " is a file, here a folder is needed"});
}

TEST_F(UsageTest, FlagsOfAnalyzeThatWouldHaveNoEffect) {
  const auto refused = [&](std::vector<std::string> more, const std::string& why) {
    more.insert(more.begin(), {"analyze", "out", "--images", "pictures"});
    ExpectError(more, 2, {why});
  };
  refused({"--per-layer"}, "--per-layer says what --sort sorts by; add --sort METRIC");
  for (const std::vector<std::string>& one : std::vector<std::vector<std::string>>{
           {"--metric", "mse"}, {"--sort", "mse"}, {"--per-layer"}, {"--mode", "integer"}, {"--spread"}}) {
    std::vector<std::string> more{"--outliers"};
    more.insert(more.end(), one.begin(), one.end());
    refused(more, "have no effect beside it; leave them out");
  }
  refused({"--csv", "-"}, "--csv writes a file, - is none; name one");
  ExpectError({"sensitivity", "--csv", "-"}, 2, {"--csv writes a file, - is none; name one"});
}

}  // namespace
}  // namespace lockstep::testing
