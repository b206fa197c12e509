// Whether a file is a flatbuffer as joint.fbs lays it out: every offset and every length stays within the file and is
// aligned, required fields are there, strings end with a zero, and what nests or is shared does so within bounds. It is
// what the Verify functions that flatc writes look at, by a table and not by code of its own for each field.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::check {

// Of any file of at least kMinSize bytes, 0 if it cannot be read.
uint32_t FormatVersionOf(const uint8_t* file, size_t size);
bool HasStructure(const uint8_t* file, size_t size);

inline constexpr size_t kMinSize = 16;  // root offset, identifier, a table and its vtable

}  // namespace lockstep::check
