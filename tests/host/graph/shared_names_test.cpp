#include "graph/shared_names.h"

#include <gtest/gtest.h>

#include "graph/error.h"

namespace lockstep::graph {
namespace {

TEST(SharedNames, AreCountedAsOftenAsBothHaveThem) {
  const SharedNames names = Share("A", {"x", "y", "x", "x"}, "B", {"x", "z", "x"});
  EXPECT_EQ(names.shared, 2U);
  EXPECT_EQ(names.only_first, (std::vector<std::string>{"y", "x"}));
  EXPECT_EQ(names.only_second, (std::vector<std::string>{"z"}));
  EXPECT_TRUE(names.one_network());
  EXPECT_FALSE(names.all());
  EXPECT_EQ(DifferenceText(names),
            "2 of 4 layers of A are none of B's, the first is \"y\"; 1 of 3 layers of B is none of A's, the first is "
            "\"z\"");
}

TEST(SharedNames, OfTwoNetworksAreRefused) {
  const SharedNames few = Share("A", {"a", "b", "c"}, "B", {"a", "x", "y", "z"});
  EXPECT_FALSE(few.one_network());
  try {
    RequireOneNetwork(few, "do this");
    ADD_FAILURE() << "a third of the layers is enough";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "the layers of A and B are not those of one network: 2 of 3 layers of A are none of B's, the first is "
                 "\"b\"; 3 of 4 layers of B are none of A's, the first is \"x\"; do this");
  }
  EXPECT_FALSE(Share("A", {}, "B", {"x"}).one_network());
  EXPECT_TRUE(Share("A", {"a", "b"}, "B", {"a", "b"}).all());
  EXPECT_NO_THROW(RequireOneNetwork(Share("A", {"a", "b"}, "B", {"a", "b", "c", "d", "e"}), ""));
}

}  // namespace
}  // namespace lockstep::graph
