#include "compiler/program_digest.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "boards/process.h"

namespace lockstep::compiler {
namespace {

TEST(ProgramDigestTest, IsTheBuildIdThatReadelfFinds) {
  const boards::ProcessResult notes = boards::RunProcess(
      {"readelf", "-n", std::filesystem::read_symlink("/proc/self/exe").string()}, {}, std::chrono::seconds(60));
  ASSERT_EQ(notes.status, 0) << notes.err;
  ASSERT_EQ(ProgramDigest().size(), 40) << ProgramDigest();
  EXPECT_NE(notes.out.find("Build ID: " + ProgramDigest() + "\n"), std::string::npos) << notes.out;
}

}  // namespace
}  // namespace lockstep::compiler
