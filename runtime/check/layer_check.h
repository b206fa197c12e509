// What the checks of one layer's options share: access to its tensors and errors that name the field.
#pragma once

#include <type_traits>

#include "check/check.h"

namespace lockstep::check {

class LayerCheck {
 public:
  // The layer's name, options type and tensor indices are checked already.
  LayerCheck(ModelCheck& check, const joint::Layer& layer) : model_(check), layer_(layer) {}

  ModelCheck& model() { return model_; }
  int32_t input_count() const { return static_cast<int32_t>(layer_.inputs()->size()); }
  const joint::Tensor& input(int32_t i) const;
  int32_t output_count() const { return static_cast<int32_t>(layer_.outputs()->size()); }
  const joint::Tensor& output(int32_t i = 0) const;
  template <typename Options>
  const Options& options() const {
    return *static_cast<const Options*>(layer_.options());
  }

  // "layer 'Conv_3': pad_top is -1, must be 0..2": the error of a value out of its range.
  template <typename Value, typename Low, typename High>
  Verdict InRange(const char* field, Value value, Low low, High high) const {
    // Half of the code of a call on 32-bit targets.
    constexpr bool narrow = kFitsShort<Value> && kFitsShort<Low> && kFitsShort<High>;
    if constexpr (narrow) return InShortRange(field, value, low, high);
    return InLongRange(field, value, low, high);
  }
  Verdict Length(const char* field, uint32_t length, int64_t expected) const;
  Verdict InRange(const char* field, uint32_t index, int64_t value, int64_t low, int64_t high) const;
  // "layer 'Conv_3': shape of input 0 is not what the operator needs".
  Verdict Wrong(const char* field, const char* what) const;
  Verdict Wrong(const char* field, int32_t index, const char* what) const;

  Verdict InputCount(int32_t low, int32_t high) const;
  Verdict OutputCount(int32_t count) const;
  Verdict SameShape(const joint::Tensor& a, const joint::Tensor& b) const;
  // The output carries the elements of the input unchanged: same type, scales and zero point, and no fewer bits. Floats
  // and S64 integers have neither.
  Verdict SameValues(const joint::Tensor& x, const joint::Tensor& y) const;
  Verdict IsQuantized(const char* field, const joint::Tensor& tensor) const;  // U8 or U16
  Verdict IsFloat(const char* field, const joint::Tensor& tensor) const;
  // What was added to an operator in a version: `used` by the layer, it must say so.
  Verdict Since(uint32_t version, const char* field, bool used) const;
  // A table of `entries` entries of the output's type.
  Verdict Table(int64_t entries, const flatbuffers::Vector<uint8_t>& table);
  Verdict Multiplier(const char* field, int32_t multiplier, int32_t shift) const;
  // Every pair of multiplier and shift; their lengths are equal.
  Verdict Multipliers(const flatbuffers::Vector<int32_t>& multiplier, const flatbuffers::Vector<int8_t>& shift);
  Verdict Clamp(int32_t low, int32_t high, int64_t type_high) const;
  // Adds to what one run costs and refuses what is beyond the limit.
  Verdict Work(uint64_t elements, uint64_t per_element);

 private:
  template <typename T>
  static constexpr bool kFitsShort = sizeof(T) < sizeof(int32_t) || std::is_same_v<T, int32_t>;
  Verdict InShortRange(const char* field, int32_t value, int32_t low, int32_t high) const;
  Verdict InLongRange(const char* field, int64_t value, int64_t low, int64_t high) const;

  ModelCheck& model_;
  const joint::Layer& layer_;
};

int64_t TypeHigh(const joint::Tensor& tensor);  // the largest value that the type of a U8 or U16 tensor holds
int64_t High(const joint::Tensor& tensor);      // the largest that its bits allow
// Entries of a table with one for every value: 256 for U8, 2^bits for U16.
int64_t TableEntries(const joint::Tensor& x);
float Scale(const joint::Tensor& tensor);
bool HasChannelScales(const joint::Tensor& tensor);  // an activation with a scale for each index of its last axis
int32_t ZeroPoint(const joint::Tensor& tensor);

}  // namespace lockstep::check
