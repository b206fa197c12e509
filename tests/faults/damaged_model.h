// A joint model with one wrong number in it that still says it is the right one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "joint_generated.h"

namespace lockstep::faults {

enum class Damage {
  kTruncates,       // the first rounding cuts off instead of rounding
  kWrongZeroPoint,  // of the values in front of a table, by one
  kDoubled,         // every multiplier
};

// What a fault that is called `name` does to a layer; false if there is no such fault.
bool DamageOf(const std::string& name, Damage* damage);

// Whether the layer has what the damage changes.
bool Suits(Damage damage, const joint::LayerT& layer);

// The file, with the digest of the undamaged one. `layer` must suit.
std::vector<uint8_t> WithDamage(const std::vector<uint8_t>& file, Damage damage, size_t layer);

}  // namespace lockstep::faults
