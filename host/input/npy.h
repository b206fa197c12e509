// Arrays as numpy writes them: .npy files, and the parts of an .npz.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::input {

struct NpyArray {
  std::string dtype;           // "u8", "s64", "f32", "bool"; "f64", which no tensor has
  graph::Shape shape;          // row major, the last axis varies fastest
  std::vector<uint8_t> bytes;  // little-endian
};

// What stands in front of the elements.
struct NpyHeader {
  std::string dtype;  // as NpyArray
  graph::Shape shape;
  size_t element_bytes = 1;
  size_t begin = 0;  // of the elements in the file
};

// As much of a file as a header can take.
inline constexpr size_t kMostNpyHeader = size_t{1} << 16;

// `start`: the first kMostNpyHeader bytes of a file of `size` bytes, or all of them. Throws as ParseNpy.
NpyHeader ParseNpyHeader(const std::vector<uint8_t>& start, uint64_t size, const std::string& label);

// Throws BadInput that begins with `label` for what is no .npy file, is cut short or too long, is big-endian, in
// Fortran order, or holds records.
NpyArray ParseNpy(const std::vector<uint8_t>& file, const std::string& label);

// The .npy file of an array; `dtype` is a tensor's.
std::vector<uint8_t> MakeNpy(const std::string& dtype, const graph::Shape& shape, const void* data, size_t size);

// The names of the arrays in an .npz, in its order. Throws BadInput that names the file if it is none.
std::vector<std::string> NpzNames(const std::filesystem::path& path);

// One of them, as the .npy file that it is, of at most `most` bytes. Throws BadInput.
std::vector<uint8_t> ReadNpzEntry(const std::filesystem::path& path, const std::string& name, size_t most);

}  // namespace lockstep::input
