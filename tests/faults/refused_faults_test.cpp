// A fault that is not planted would look like a runtime without one: it is refused.
#include <gtest/gtest.h>

#include "boards/process.h"
#include "files/output_file.h"
#include "support/joint_models.h"
#include "support/temporary_test_folder.h"

namespace lockstep::faults {
namespace {

class RefusedFaultsTest : public testing::FolderTest {
 protected:
  void SetUp() override {
    const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
    files::WriteFile(Path("small.joint"), file.data(), file.size());
  }
  boards::ProcessResult RunWith(const std::string& fault) const {
    return boards::RunProcess({LOCKSTEP_FAULTY, Path("small.joint").string()}, {{"LOCKSTEP_FAULT", fault}},
                              std::chrono::seconds(60));
  }
};

TEST_F(RefusedFaultsTest, OneThatCannotBePlantedIsRefusedInOneLine) {
  const struct {
    const char* fault;
    const char* said;
  } cases[] = {
      {"offset", "is not KIND LAYER"},
      {"offset Conv_1 1 Conv_4 more", "is not KIND LAYER"},
      {"offset Conv_1 x", "is not KIND LAYER"},
      {"ofset Conv_1", "there is no kind ofset"},
      {"offset nowhere", "no layer that has a kernel is called nowhere"},
      {"past_end Conv_1", "past_end needs a number A of at least 1"},
      {"tile_edge Conv_1 0", "tile_edge needs a number A of at least 1"},
      {"overlap Conv_1 0", "overlap needs a number A and the layer whose input is overwritten"},
      {"overlap Conv_1 0 nowhere", "no layer that has a kernel is called nowhere"},
  };
  for (const auto& one : cases) {
    const boards::ProcessResult result = RunWith(one.fault);
    EXPECT_EQ(result.status, 2) << one.fault << "\n" << result.err;
    EXPECT_EQ(result.err.rfind(std::string("LOCKSTEP_FAULT '") + one.fault + "'", 0), 0U) << result.err;
    EXPECT_NE(result.err.find(one.said), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << "more than one line: " << result.err;
  }
}

TEST_F(RefusedFaultsTest, OnesThatCanArePlanted) {
  for (const char* fault : {"offset Conv_1", "past_end Conv_1 3", "overlap Conv_1 0 Conv_4"}) {
    const boards::ProcessResult result = RunWith(fault);
    EXPECT_EQ(result.status, 0) << fault << "\n" << result.err;
  }
}

}  // namespace
}  // namespace lockstep::faults
