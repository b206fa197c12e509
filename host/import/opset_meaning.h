// From which opset on an operator means something else.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::importer {

inline constexpr int64_t kFirstOpsetOfConcatAxis = 4;    // Concat has no default axis
inline constexpr int64_t kFirstOpsetOfLongNumbers = 6;   // Selu's defaults have all digits
inline constexpr int64_t kFirstOpsetOfBroadcast = 7;     // operators broadcast as NumPy does, and BatchNormalization
                                                         // is inference where nothing else is said
inline constexpr int64_t kFirstOpsetOfResizeModes = 11;  // Resize has its input roi
inline constexpr int64_t kFirstOpsetOfOneAxis = 13;      // Softmax and its like work along one axis
inline constexpr int64_t kFirstOpsetOfHalfPixel = 16;    // RoiAlign's pixels have their middle at 0.5

// Whether a node of ONNX's operator `op` says the same in both opsets, as the importer reads it: it takes attributes
// that became inputs, and the like, from every opset.
bool MeansTheSame(const std::string& op, int64_t opset, int64_t other);

}  // namespace lockstep::importer
