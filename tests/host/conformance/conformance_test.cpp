// ONNX's own conformance data through the float engine: every model passes, but for those that not_passed.txt lists
// with the reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "conformance/test_set.h"
#include "support/recorded_set.h"

namespace lockstep::conformance {
namespace {

// By set and name.
std::map<std::string, std::string> Reasons() {
  std::map<std::string, std::string> reasons;
  std::ifstream file(std::string(LOCKSTEP_RECORDED) + "/not_passed.txt");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) {
      ADD_FAILURE() << "not_passed.txt has a line without a reason: " << line;
      continue;
    }
    reasons[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return reasons;
}

class Conformance : public ::testing::TestWithParam<const char*> {};

TEST_P(Conformance, PassesButForWhatIsListed) {
  const std::string set = GetParam();
  const std::map<std::string, std::string> reasons = Reasons();
  std::set<std::string> passed;
  std::set<std::string> seen;
  for (const Result& result : RunSet(std::filesystem::path(kInstalledData) / set, "")) {
    const std::string name = set + "/" + result.name;
    seen.insert(name);
    const bool listed = reasons.count(name) != 0;
    if (result.outcome == Outcome::kPassed) {
      passed.insert(result.name);
      EXPECT_FALSE(listed) << name << " passes now: take it out of not_passed.txt";
    } else {
      EXPECT_TRUE(listed) << name << ": " << result.reason;
    }
  }
  for (const auto& [name, reason] : reasons) {
    const bool of_this_set = name.rfind(set + "/", 0) == 0;
    EXPECT_TRUE(!of_this_set || seen.count(name) == 1) << name << " is not in the data";
  }
  testing::ExpectRecorded(std::string(LOCKSTEP_RECORDED) + "/passed_" + set + ".txt", passed);
}

INSTANTIATE_TEST_SUITE_P(Sets, Conformance, ::testing::ValuesIn(kSets), [](const auto& of) {
  std::string name = of.param;
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
});

}  // namespace
}  // namespace lockstep::conformance
