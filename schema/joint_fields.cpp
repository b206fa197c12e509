#include "joint_fields.h"

namespace flatbuffers {
namespace {

template <typename T>
T ScalarField(const Table& table, voffset_t field, T value_if_absent) {
  const uint8_t* at = table.GetAddressOf(field);
  return at != nullptr ? ReadScalar<T>(at) : value_if_absent;
}

}  // namespace

template <>
uint8_t Table::GetField<uint8_t>(voffset_t field, uint8_t value_if_absent) const {
  return ScalarField(*this, field, value_if_absent);
}

template <>
int32_t Table::GetField<int32_t>(voffset_t field, int32_t value_if_absent) const {
  return ScalarField(*this, field, value_if_absent);
}

template <>
uint32_t Table::GetField<uint32_t>(voffset_t field, uint32_t value_if_absent) const {
  return ScalarField(*this, field, value_if_absent);
}

template <>
int64_t Table::GetField<int64_t>(voffset_t field, int64_t value_if_absent) const {
  return ScalarField(*this, field, value_if_absent);
}

template <>
uint64_t Table::GetField<uint64_t>(voffset_t field, uint64_t value_if_absent) const {
  return ScalarField(*this, field, value_if_absent);
}

}  // namespace flatbuffers

namespace lockstep::joint {

void* PointerField(flatbuffers::Table* table, flatbuffers::voffset_t field) {
  uint8_t* at = table->GetAddressOf(field);
  return at != nullptr ? at + flatbuffers::ReadScalar<flatbuffers::uoffset_t>(at) : nullptr;
}

}  // namespace lockstep::joint
