// Two profiles side by side: what got slower, and by how much.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "profile/profile.h"

namespace lockstep::profile {

struct ComparedCost {
  std::string name;  // of a layer or an operator
  std::string op;
  std::optional<double> a, b;  // absent: only the other has it

  double Difference() const { return b.value_or(0) - a.value_or(0); }
  std::optional<double> Ratio() const;  // b / a; absent where one is missing or a is 0
};

struct ProfileComparison {
  std::string a, b;  // what they are called
  Measure measure = Measure::kMilliseconds;
  ComparedCost whole;
  std::vector<ComparedCost> operators;  // what got slower first
  std::vector<ComparedCost> layers;     // the same
  std::vector<std::string> notes;       // why they may not be of one network
};

// Layers are matched by name, those of one name in their order. Instructions are compared if both have them, else
// times. Throws UsageError if these would be an emulator's, or the layers are not those of one network.
ProfileComparison CompareProfiles(const Profile& a, const std::string& a_name, const Profile& b,
                                  const std::string& b_name);

std::string ToText(const ProfileComparison& comparison, bool colour);
nlohmann::ordered_json ToJson(const ProfileComparison& comparison);
std::string ToCsv(const ProfileComparison& comparison);

}  // namespace lockstep::profile
