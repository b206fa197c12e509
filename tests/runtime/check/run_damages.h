// Loads and runs randomly damaged models.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lockstep::test {

struct DamageFigures {
  int refused = 0;
  int ran = 0;        // accepted and run to the end
  int unchanged = 0;  // the damage happened to leave the file as it was
  double longest_ms = 0;
  std::string accepted;  // with the digest checked: the first damage that was not refused; empty: none
};

// Applies one random damage per round to a copy of the valid file, loads it, and if the checks let it pass, runs it.
// progress(rounds done) is called before every round but the first.
DamageFigures RunDamages(const std::vector<uint8_t>& file, int count, uint64_t seed, bool check_digest,
                         const std::function<void(int)>& progress = {});

}  // namespace lockstep::test
