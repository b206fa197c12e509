#include "run_damages.h"

#include <algorithm>
#include <chrono>

#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/random_damage.h"

namespace lockstep::test {
namespace {

// False if the model was refused.
bool LoadAndRun(const std::vector<uint8_t>& file, bool check_digest) {
  LoadOptions load;
  load.check_digest = check_digest;
  load.max_arena = uint64_t{1} << 28;
  Result<Model> model = Model::Copy(file.data(), file.size(), load);
  if (!model.ok()) return false;
  Result<Session> session = Session::Create(model.value(), {});
  if (!session.ok()) return false;
  SeededBytes seeded(1);
  for (int32_t i = 0; i < model.value().input_count(); ++i) {
    seeded.Fill(session.value().input(i), session.value().input_info(i).bytes);
  }
  return session.value().Run().ok();
}

}  // namespace

DamageFigures RunDamages(const std::vector<uint8_t>& file, int count, uint64_t seed, bool check_digest,
                         const std::function<void(int)>& progress) {
  DamageFigures figures;
  RandomDamage damager(file, seed);
  for (int i = 0; i < count; ++i) {
    if (progress && i > 0) progress(i);
    std::string what;
    const std::vector<uint8_t> damaged = damager.Next(&what);
    if (damaged == file) {
      ++figures.unchanged;
      continue;
    }
    const auto start = std::chrono::steady_clock::now();
    const bool ran = LoadAndRun(damaged, check_digest);
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    figures.longest_ms = std::max(figures.longest_ms, time.count());
    ++(ran ? figures.ran : figures.refused);
    if (ran && check_digest && figures.accepted.empty()) figures.accepted = what + ", round " + std::to_string(i);
  }
  return figures;
}

}  // namespace lockstep::test
