// The table of kernels and the choice by CPU.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "kernels/kernel.h"

namespace lockstep::kernels {
namespace {

TEST(KernelTable, EveryOperatorEndsWithAPortableKernel) {
  size_t count = 0;
  const Kernel* table = KernelTable(&count);
  for (const joint::Options op : joint::EnumValuesOptions()) {
    if (op == joint::Options::NONE) continue;
    const Kernel* last = nullptr;
    for (size_t i = 0; i < count; ++i) {
      if (table[i].op == op) last = &table[i];
    }
    ASSERT_NE(last, nullptr) << EnumNameOptions(op);
    EXPECT_EQ(last->isa, Isa::kPortable) << EnumNameOptions(op);
  }
}

TEST(KernelTable, NamesAreUniqueAndEndWithTheInstructionSet) {
  size_t count = 0;
  const Kernel* table = KernelTable(&count);
  std::set<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    const std::string name = table[i].name;
    const std::string ending = std::string("_") + IsaName(table[i].isa);
    EXPECT_TRUE(names.insert(name).second) << name;
    ASSERT_GT(name.size(), ending.size());
    EXPECT_EQ(name.substr(name.size() - ending.size()), ending);
  }
}

class IsaEnvironment : public ::testing::Test {
 protected:
  ~IsaEnvironment() override { unsetenv("LOCKSTEP_ISA"); }
};

TEST_F(IsaEnvironment, UnsetMeansEverythingThatIsThere) {
  unsetenv("LOCKSTEP_ISA");
  IsaSet isa = 0;
  const char* unknown = nullptr;
  ASSERT_TRUE(IsaFromEnvironment(&isa, &unknown));
  EXPECT_EQ(isa, DetectIsa());
  EXPECT_NE(isa & IsaBit(Isa::kPortable), 0U);
}

TEST_F(IsaEnvironment, PortableAlone) {
  setenv("LOCKSTEP_ISA", "portable", 1);
  IsaSet isa = 0;
  const char* unknown = nullptr;
  ASSERT_TRUE(IsaFromEnvironment(&isa, &unknown));
  EXPECT_EQ(isa, IsaBit(Isa::kPortable));
}

TEST_F(IsaEnvironment, EveryNameThatIsThereIsAccepted) {
  for (const Isa candidate : {Isa::kPortable, Isa::kMsa, Isa::kNeon, Isa::kAvx512Vnni}) {
    setenv("LOCKSTEP_ISA", (std::string("portable,") + IsaName(candidate)).c_str(), 1);
    IsaSet isa = 0;
    const char* unknown = nullptr;
    const bool present = (DetectIsa() & IsaBit(candidate)) != 0;
    EXPECT_EQ(IsaFromEnvironment(&isa, &unknown), present) << IsaName(candidate);
    if (present) {
      EXPECT_EQ(isa, IsaBit(Isa::kPortable) | IsaBit(candidate));
    } else {
      EXPECT_STREQ(unknown, IsaName(candidate));
    }
  }
}

TEST_F(IsaEnvironment, UnknownNamesAreRefused) {
  for (const char* text : {"sse9", "portable,", "portable,neon2", "port"}) {
    setenv("LOCKSTEP_ISA", text, 1);
    IsaSet isa = 12345;
    const char* unknown = nullptr;
    EXPECT_FALSE(IsaFromEnvironment(&isa, &unknown)) << text;
    EXPECT_EQ(isa, 12345U);
    EXPECT_NE(unknown, nullptr);
  }
}

}  // namespace
}  // namespace lockstep::kernels
