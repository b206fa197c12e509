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

}  // namespace
}  // namespace lockstep::dump
