// A set of names in a text file, one a line: what a test found when it was recorded. A name that is gone is a loss, a
// new one has to be recorded; a count would hide the one behind the other.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace lockstep::testing {

inline void ExpectRecorded(const std::string& file, const std::set<std::string>& found) {
  std::ifstream stream(file);
  ASSERT_TRUE(stream) << file << " is missing";
  std::set<std::string> recorded;
  for (std::string line; std::getline(stream, line);) recorded.insert(line);
  for (const std::string& name : recorded) {
    EXPECT_EQ(found.count(name), 1U) << name << " of " << file << " does not pass any more";
  }
  for (const std::string& name : found) {
    EXPECT_EQ(recorded.count(name), 1U) << name << " passes now: add it to " << file;
  }
}

}  // namespace lockstep::testing
