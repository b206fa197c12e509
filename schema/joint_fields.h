// How C++ reads a joint's fields: joint_generated.h includes this before its accessors. FlatBuffers' templates would be
// copied into each of the 240 accessors, and each of these wherever it is called; this is one function for each type.
#pragma once

#include "flatbuffers/flatbuffers.h"

namespace lockstep::joint {

struct Constant;
struct InputSpec;
struct Layer;
struct OutputSpec;
struct Quantization;
struct Tensor;
struct TestVector;

// Where the field's offset leads; nullptr: it is absent.
[[gnu::pure]] void* PointerField(flatbuffers::Table* table, flatbuffers::voffset_t field);

}  // namespace lockstep::joint

namespace flatbuffers {

template <>
[[gnu::pure]] uint8_t Table::GetField<uint8_t>(voffset_t field, uint8_t value_if_absent) const;
template <>
[[gnu::pure]] int32_t Table::GetField<int32_t>(voffset_t field, int32_t value_if_absent) const;
template <>
[[gnu::pure]] uint32_t Table::GetField<uint32_t>(voffset_t field, uint32_t value_if_absent) const;
template <>
[[gnu::pure]] int64_t Table::GetField<int64_t>(voffset_t field, int64_t value_if_absent) const;
template <>
[[gnu::pure]] uint64_t Table::GetField<uint64_t>(voffset_t field, uint64_t value_if_absent) const;

#define LOCKSTEP_POINTER_FIELD(...)                                                     \
  template <>                                                                           \
  inline const __VA_ARGS__* Table::GetPointer<const __VA_ARGS__*>(voffset_t field) {    \
    return static_cast<const __VA_ARGS__*>(lockstep::joint::PointerField(this, field)); \
  }
LOCKSTEP_POINTER_FIELD(void)
LOCKSTEP_POINTER_FIELD(String)
LOCKSTEP_POINTER_FIELD(Vector<uint8_t>)
LOCKSTEP_POINTER_FIELD(Vector<int8_t>)
LOCKSTEP_POINTER_FIELD(Vector<int32_t>)
LOCKSTEP_POINTER_FIELD(Vector<uint32_t>)
LOCKSTEP_POINTER_FIELD(Vector<int64_t>)
LOCKSTEP_POINTER_FIELD(Vector<float>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<String>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::Constant>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::InputSpec>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::Layer>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::OutputSpec>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::Tensor>>)
LOCKSTEP_POINTER_FIELD(Vector<Offset<lockstep::joint::TestVector>>)
LOCKSTEP_POINTER_FIELD(lockstep::joint::Quantization)
#undef LOCKSTEP_POINTER_FIELD

}  // namespace flatbuffers
