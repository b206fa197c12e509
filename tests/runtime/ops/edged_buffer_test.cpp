// What the tests of kernels rely on to find one that leaves its tensors.
#include "edged_buffer.h"

#include <gtest/gtest.h>

namespace lockstep::kernels {
namespace {

// A buffer of the same size twice: the second one lies where the first one lay.
TEST(EdgedBuffer, HasItsFillBetweenGuardsEachTime) {
  for (const Edge edge : {Edge::kBegin, Edge::kEnd}) {
    for (const uint8_t fill : {0x11, 0x22}) {
      EdgedBuffer buffer(100, edge, fill, 64);
      for (int i = 0; i < 100; ++i) ASSERT_EQ(buffer.data()[i], fill) << "byte " << i;
      EXPECT_TRUE(buffer.GuardsIntact());
      buffer.data()[edge == Edge::kBegin ? 100 : -1] = fill;
      EXPECT_FALSE(buffer.GuardsIntact());
    }
  }
}

TEST(EdgedBufferDeathTest, PagesAroundItCannotBeTouched) {
  for (int round = 0; round < 2; ++round) {
    EdgedBuffer at_begin(100, Edge::kBegin, 0);
    EXPECT_DEATH(*static_cast<volatile uint8_t*>(at_begin.data() - 1) = 1, "");
    EdgedBuffer at_end(100, Edge::kEnd, 0);
    EXPECT_DEATH(*static_cast<volatile uint8_t*>(at_end.data() + 100) = 1, "");
    EdgedBuffer empty(0, Edge::kEnd, 0);
    EXPECT_DEATH(*static_cast<volatile uint8_t*>(empty.data()) = 1, "");
  }
}

}  // namespace
}  // namespace lockstep::kernels
