#include "random_damage.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "joint_generated.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"

namespace lockstep::test {
namespace {

class Damager {
 public:
  Damager(const std::vector<uint8_t>& file, uint64_t seed) : file_(file), bytes_(seed) {
    const joint::Model& model = *joint::GetModel(file.data());
    // Where damage does most: tables and what they hold, as opposed to weights.
    for (const joint::Layer* layer : *model.layers()) {
      Remember(layer);
      Remember(layer->options());
    }
    for (const joint::Tensor* tensor : *model.tensors()) Remember(tensor);
    Remember(&model);
    for (const auto* list : {static_cast<const void*>(model.layers()), static_cast<const void*>(model.tensors()),
                             static_cast<const void*>(model.constants())}) {
      lists_.push_back(OffsetOf(list));
    }
  }

  std::vector<uint8_t> Next(std::string* what) {
    std::vector<uint8_t> damaged = file_;
    switch (Below(6)) {
      case 0:
        *what = "bytes";
        for (uint64_t n = 1 + Below(8); n > 0; --n) damaged[Position()] = bytes_.Next();
        break;
      case 1:
        *what = "bits";
        for (uint64_t n = 1 + Below(4); n > 0; --n) damaged[Position()] ^= static_cast<uint8_t>(1U << Below(8));
        break;
      case 2:
        *what = "cut";
        damaged.resize(Below(file_.size()));
        break;
      case 3:
        *what = "word";
        Word(damaged);
        break;
      case 4:
        *what = "splice";
        Splice(damaged);
        break;
      default:
        *what = "moved bytes";
        Move(damaged);
        break;
    }
    return damaged;
  }

 private:
  size_t OffsetOf(const void* inside) const {
    return static_cast<size_t>(static_cast<const uint8_t*>(inside) - file_.data());
  }
  void Remember(const void* table) { tables_.push_back(OffsetOf(table)); }

  uint64_t Below(uint64_t limit) {
    uint64_t value = 0;
    for (int i = 0; i < 5; ++i) value = value << 8 | bytes_.Next();
    return value % limit;
  }

  size_t Position() {
    if (Below(2) == 0) return Below(file_.size());
    const int64_t near = static_cast<int64_t>(tables_[Below(tables_.size())]) + static_cast<int64_t>(Below(160)) - 32;
    return static_cast<size_t>(std::clamp<int64_t>(near, 0, static_cast<int64_t>(file_.size()) - 1));
  }

  void Word(std::vector<uint8_t>& damaged) {
    constexpr uint32_t kTempting[] = {0,          1,          2,          3,          255,       256,
                                      0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000,   0x40000000,
                                      0x7fff0000, 64,         0x00ffffff, 0x3fffffff, 0x20000000};
    const size_t at = std::min(Position() / 4 * 4, file_.size() - 4);
    const uint32_t value = kTempting[Below(std::size(kTempting))];
    std::memcpy(damaged.data() + at, &value, sizeof(value));
  }

  // One entry of a list of tables comes to point to another entry's table.
  void Splice(std::vector<uint8_t>& damaged) {
    const size_t list = lists_[Below(lists_.size())];
    uint32_t count = 0;
    std::memcpy(&count, file_.data() + list, sizeof(count));
    const size_t to = list + 4 + 4 * Below(count);
    const size_t from = list + 4 + 4 * Below(count);
    uint32_t offset = 0;
    std::memcpy(&offset, file_.data() + from, sizeof(offset));
    offset += static_cast<uint32_t>(from - to);
    std::memcpy(damaged.data() + to, &offset, sizeof(offset));
  }

  void Move(std::vector<uint8_t>& damaged) {
    const size_t from = Position();
    const size_t to = Position();
    const size_t most = file_.size() - std::max(from, to);
    const size_t size = std::min<size_t>(most, 1 + Below(64));
    std::memcpy(damaged.data() + to, file_.data() + from, size);
  }

  const std::vector<uint8_t>& file_;
  SeededBytes bytes_;
  std::vector<size_t> tables_;
  std::vector<size_t> lists_;
};

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
  Damager damager(file, seed);
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
