#include "input/model_input.h"

#include <gtest/gtest.h>

#include "graph/error.h"
#include "support/temporary_test_folder.h"

namespace lockstep::input {
namespace {

class ListDataTest : public testing::FolderTest {
 protected:
  std::vector<std::string> Stems() const {
    std::vector<std::string> stems;
    for (const DataItem& item : ListData(Path("data").string())) stems.push_back(item.stem);
    return stems;
  }
};

TEST_F(ListDataTest, FilesThatDifferInTheirEndingsGetNamesOfTheirOwn) {
  for (const char* name : {"a.jpg", "a.png", "b.png"}) WriteText(Path("data") / name, "no decoder looks at it");
  EXPECT_EQ(Stems(), (std::vector<std::string>{"a_jpg", "a_png", "b"}));
}

TEST_F(ListDataTest, NamesThatCannotBeToldApartAreRefused) {
  for (const char* name : {"a.jpg", "a.png", "a_jpg.png"}) WriteText(Path("data") / name, "no decoder looks at it");
  try {
    Stems();
    FAIL() << "one input would overwrite what another has written";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("a.jpg and "), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("a_jpg.png"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::input
