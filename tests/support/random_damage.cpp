#include "support/random_damage.h"

#include <algorithm>
#include <cstring>

#include "joint_generated.h"
#include "lockstep/md5.h"

namespace lockstep::test {

RandomDamage::RandomDamage(const std::vector<uint8_t>& file, uint64_t seed) : file_(file), bytes_(seed) {
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

std::vector<uint8_t> RandomDamage::Next(std::string* what) {
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

std::vector<uint8_t> RandomDamage::WithDigest(std::vector<uint8_t> damaged) const {
  const size_t at = OffsetOf(joint::GetModel(file_.data())->digest()->bytes()->data());
  if (damaged.size() < at + sizeof(Md5Digest)) return damaged;
  std::memset(damaged.data() + at, 0, sizeof(Md5Digest));
  const Md5Digest digest = Md5Of(damaged.data(), damaged.size());
  std::memcpy(damaged.data() + at, digest.data(), digest.size());
  return damaged;
}

size_t RandomDamage::OffsetOf(const void* inside) const {
  return static_cast<size_t>(static_cast<const uint8_t*>(inside) - file_.data());
}
void RandomDamage::Remember(const void* table) { tables_.push_back(OffsetOf(table)); }

uint64_t RandomDamage::Below(uint64_t limit) {
  uint64_t value = 0;
  for (int i = 0; i < 5; ++i) value = value << 8 | bytes_.Next();
  return value % limit;
}

size_t RandomDamage::Position() {
  if (Below(2) == 0) return Below(file_.size());
  const int64_t near = static_cast<int64_t>(tables_[Below(tables_.size())]) + static_cast<int64_t>(Below(160)) - 32;
  return static_cast<size_t>(std::clamp<int64_t>(near, 0, static_cast<int64_t>(file_.size()) - 1));
}

void RandomDamage::Word(std::vector<uint8_t>& damaged) {
  constexpr uint32_t kTempting[] = {0,          1,          2,          3,          255,       256,
                                    0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000,   0x40000000,
                                    0x7fff0000, 64,         0x00ffffff, 0x3fffffff, 0x20000000};
  const size_t at = std::min(Position() / 4 * 4, file_.size() - 4);
  const uint32_t value = kTempting[Below(std::size(kTempting))];
  std::memcpy(damaged.data() + at, &value, sizeof(value));
}

// One entry of a list of tables comes to point to another entry's table.
void RandomDamage::Splice(std::vector<uint8_t>& damaged) {
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

void RandomDamage::Move(std::vector<uint8_t>& damaged) {
  const size_t from = Position();
  const size_t to = Position();
  const size_t most = file_.size() - std::max(from, to);
  const size_t size = std::min<size_t>(most, 1 + Below(64));
  std::memcpy(damaged.data() + to, file_.data() + from, size);
}

}  // namespace lockstep::test
