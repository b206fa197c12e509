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
