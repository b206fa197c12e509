// Random damage to joint models: bytes, bit flips, cuts, words of tempting values, and spliced tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockstep/seeded_input.h"

namespace lockstep::test {

class RandomDamage {
 public:
  // `file` is a valid model, and outlives this.
  RandomDamage(const std::vector<uint8_t>& file, uint64_t seed);

  // A copy with one random damage; it may happen to be as before. `what` gets the kind of damage.
  std::vector<uint8_t> Next(std::string* what);

  // With the digest that belongs to the damaged bytes, where the valid model has it.
  std::vector<uint8_t> WithDigest(std::vector<uint8_t> damaged) const;

 private:
  size_t OffsetOf(const void* inside) const;
  void Remember(const void* table);
  uint64_t Below(uint64_t limit);
  size_t Position();
  void Word(std::vector<uint8_t>& damaged);
  // One entry of a list of tables comes to point to another entry's table.
  void Splice(std::vector<uint8_t>& damaged);
  void Move(std::vector<uint8_t>& damaged);

  const std::vector<uint8_t>& file_;
  SeededBytes bytes_;
  std::vector<size_t> tables_;
  std::vector<size_t> lists_;
};

}  // namespace lockstep::test
