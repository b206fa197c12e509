// The runtime's own text and list do what the C++ library's do, in any order of calls.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/list.h"
#include "base/memory.h"
#include "base/string.h"

// Where memory is asked for that no machine has, AddressSanitizer shall answer as malloc does.
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace lockstep {
namespace {

TEST(String, IsAsTheCxxLibrarysIs) {
  std::mt19937 random(1);
  std::string expected;
  String actual;
  for (int i = 0; i < 20000; ++i) {
    const auto letter = static_cast<char>('a' + random() % 4);
    switch (random() % 8) {
      case 0:
        expected += letter;
        actual += letter;
        break;
      case 1:
        expected += "abc";
        actual += "abc";
        break;
      case 2:
        if (expected.size() > 1000) expected.clear(), actual.clear();
        expected += expected;
        actual += actual;
        break;
      case 3:
        if (expected.empty()) break;
        expected.pop_back();
        actual.pop_back();
        break;
      case 4: {
        const size_t from = random() % (expected.size() + 1);
        const size_t count = random() % (expected.size() + 2);
        expected = expected.substr(from, count);
        actual = actual.substr(from, count);
        break;
      }
      case 5:
        expected = "x" + expected + letter;
        actual = "x" + actual + letter;
        break;
      case 6:
        EXPECT_EQ(actual.find(letter, i % 7), expected.find(letter, i % 7));
        EXPECT_EQ(actual.rfind(letter), expected.rfind(letter));
        break;
      default: {
        const std::string other = expected + "a";
        EXPECT_TRUE(actual < other.c_str() && actual != other.c_str() && !(actual > other.c_str()));
        const String copy = actual;
        EXPECT_TRUE(copy == actual && !(copy < actual));
      }
    }
    ASSERT_STREQ(actual.c_str(), expected.c_str());
    ASSERT_EQ(actual.size(), expected.size());
  }
}

TEST(String, BeginsAndEnds) {
  EXPECT_TRUE(String("--threads").starts_with("--"));
  EXPECT_FALSE(String("-").starts_with("--"));
  EXPECT_TRUE(String("a.bin").ends_with(".bin"));
  EXPECT_FALSE(String("bin").ends_with(".bin"));
  EXPECT_TRUE(String().ends_with(""));
}

TEST(String, WritesNumbers) {
  EXPECT_STREQ(Decimal(INT64_MIN).c_str(), std::to_string(INT64_MIN).c_str());
  EXPECT_STREQ(Decimal(UINT64_MAX).c_str(), std::to_string(UINT64_MAX).c_str());
  EXPECT_STREQ(Decimal(-7).c_str(), "-7");
}

TEST(List, IsAsTheCxxLibrarysIs) {
  std::mt19937 random(2);
  std::vector<std::string> expected;
  List<String> actual;
  for (int i = 0; i < 5000; ++i) {
    const std::string value = std::to_string(random());
    switch (random() % 6) {
      case 0:
        expected.resize(random() % 40);
        actual.resize(expected.size());
        break;
      case 1:
        expected.assign(random() % 5, value);
        actual.assign(expected.size(), value.c_str());
        break;
      case 2:
        if (expected.empty()) break;
        expected.pop_back();
        actual.pop_back();
        break;
      case 3:
        expected = std::vector<std::string>(expected);
        actual = List<String>(actual);
        break;
      case 4:
        if (expected.empty()) break;
        expected.push_back(expected[0]);
        actual.push_back(actual[0]);
        break;
      default:
        expected.push_back(value);
        actual.emplace_back(value.c_str());
    }
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t j = 0; j < expected.size(); ++j) ASSERT_STREQ(actual[j].c_str(), expected[j].c_str()) << j;
  }
}

TEST(Array, SaysWhatThereIsNoMemoryFor) {
  Array<uint64_t> array;
  const Status status = array.Make(SIZE_MAX / 2, "the moon");
  EXPECT_EQ(status.code(), StatusCode::kOutOfMemory);
  EXPECT_STREQ(status.message(), "no memory for the moon");
  EXPECT_EQ(array.size(), 0U);
  ASSERT_TRUE(array.Make(3, "three").ok());
  for (const uint64_t item : array) EXPECT_EQ(item, 0U);
}

TEST(ListDeathTest, EndsTheProcessByTheHandler) {
  EXPECT_EXIT(
      {
        SetNoMemoryHandler([] { _Exit(5); });
        volatile size_t much = SIZE_MAX / 4;  // hidden from the compiler, which would refuse it
        List<uint64_t> list;
        list.resize(much);
      },
      testing::ExitedWithCode(5), "");
}

}  // namespace
}  // namespace lockstep
