// What onnx_conformance answers to a command line that it cannot follow.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>
#include <utility>

namespace lockstep::conformance {
namespace {

std::pair<int, std::string> Answer(const std::string& arguments) {
  const std::string command = std::string("'") + LOCKSTEP_CONFORMANCE + "' " + arguments + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {-1, "no pipe"};
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  return {WEXITSTATUS(pclose(pipe)), text};
}

TEST(Usage, AnUnknownFlagIsNamed) {
  const auto [status, text] = Answer("--reason");
  EXPECT_EQ(status, 2);
  EXPECT_EQ(text, "onnx_conformance: it has no option '--reason'; `onnx_conformance --help` shows what there is\n");
}

TEST(Usage, AFilterThatMatchesNothingIsNoSuccess) {
  const auto [status, text] = Answer("--filter test_no_such_model");
  EXPECT_EQ(status, 2);
  EXPECT_EQ(text.rfind("onnx_conformance: --filter 'test_no_such_model' matches no model in '", 0), 0U) << text;
}

TEST(Usage, AFilterLeavesOutTheSetsWithoutAMatch) {
  const auto [status, text] = Answer("--filter test_relu");
  EXPECT_EQ(status, 0);
  EXPECT_NE(text.find("1 passed, 0 failed, 0 refused"), std::string::npos) << text;
  EXPECT_EQ(text.find("pytorch"), std::string::npos) << text;
}

}  // namespace
}  // namespace lockstep::conformance
