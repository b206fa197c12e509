#include "dump/output_names.h"

#include <gtest/gtest.h>

namespace lockstep::dump {
namespace {

TEST(OutputFileNames, AreDistinctByPosition) {
  EXPECT_EQ(OutputFileNames("street", {"boxes", "a/b", "a.b", "boxes"}),
            (std::vector<std::string>{"street_boxes.bin", "street_a_b.bin", "street_a_b_2.bin", "street_boxes_3.bin"}));
  // A name that looks as if its position had been added keeps it.
  EXPECT_EQ(OutputFileNames("s", {"y", "y", "y_1"}), (std::vector<std::string>{"s_y.bin", "s_y_1_1.bin", "s_y_1.bin"}));
}

// run_joint's outputs are STEM_OUTPUT.bin, STEM being the first input's.
TEST(InputFileNames, TheFirstIsTheStem) {
  EXPECT_EQ(InputFileNames("street", {"images"}), (std::vector<std::string>{"street.bin"}));
  EXPECT_EQ(InputFileNames("street", {"images", "vec", "a/b", "a.b"}),
            (std::vector<std::string>{"street.bin", "street_vec.bin", "street_a_b.bin", "street_a_b_3.bin"}));
}

}  // namespace
}  // namespace lockstep::dump
