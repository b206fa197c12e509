// What the tests of kernels rely on to find one that leaves its tensors.
#include "edged_buffer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace lockstep::kernels {
namespace {

TEST(EdgedBuffer, HasItsFillBetweenGuardsEachTime) {
  for (const Edge edge : {Edge::kBegin, Edge::kEnd}) {
    const uint8_t* first = nullptr;
    for (const uint8_t fill : {0x11, 0x22}) {
      EdgedBuffer buffer(100, edge, fill, 64);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0U);
      if (first != nullptr) {
        EXPECT_EQ(buffer.data(), first) << "another mapping than the buffer before";
      }
      first = buffer.data();
      for (int i = 0; i < 100; ++i) ASSERT_EQ(buffer.data()[i], fill) << "byte " << i;
      EXPECT_TRUE(buffer.GuardsIntact());
      buffer.data()[edge == Edge::kBegin ? 100 : -1] = fill;
      EXPECT_FALSE(buffer.GuardsIntact());
    }
  }
}

// Without a core file.
void Touch(uint8_t* address) {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  *static_cast<volatile uint8_t*>(address) = 1;
}

TEST(EdgedBufferDeathTest, PagesAroundItCannotBeTouched) {
  for (int round = 0; round < 2; ++round) {
    EdgedBuffer at_begin(100, Edge::kBegin, 0);
    EdgedBuffer at_end(100, Edge::kEnd, 0);
    for (const int distance : {1, 50000}) {
      EXPECT_DEATH(Touch(at_begin.data() - distance), "") << distance << " in front";
      EXPECT_DEATH(Touch(at_end.data() + 99 + distance), "") << distance << " behind";
    }
    EdgedBuffer empty(0, Edge::kEnd, 0);
    EXPECT_DEATH(Touch(empty.data()), "");
  }
}

}  // namespace
}  // namespace lockstep::kernels
