// A file that says which tensor of one folder is which of the other, and what raw files hold:
//   {"pairs": [{"first": {"file": "conv1.bin", "dtype": "u8", "shape": [1, 4, 8, 8], "layout": "NCHW", "scale": 0.02,
//                         "zero_point": 3}, "second": "0003_Conv_3_shape_1_8_8_4.bin", "name": "conv1", "atol": 0.1}]}
#pragma once

#include <filesystem>

#include "compare/pairing.h"

namespace lockstep::compare {

// The pairs of the file alone. A side is a text or an object: the name of a file in its folder or, of a dump, of a
// layer or a tensor. Throws UsageError that names the file, the pair and the key.
Pairing PairByMap(const std::filesystem::path& map, const TensorFolder& first, const TensorFolder& second);

}  // namespace lockstep::compare
