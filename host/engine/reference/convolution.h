// What Conv and DepthwiseConv have in common.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/reference/fits.h"
#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// A convolution with the weights of each output channel in a row (ky, kx, ic).
struct Convolution {
  int32_t groups = 1;
  int32_t in_channels = 0;  // of a group
  int32_t out_channels = 0;
  int32_t kernel_h = 0, kernel_w = 0;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t pad_top = 0, pad_left = 0;
  std::vector<int64_t> acc_init;
  const int32_t* multiplier = nullptr;
  const int8_t* shift = nullptr;
  int32_t mid_zero_point = 0, clamp_low = 0, clamp_high = 0;
  const flatbuffers::Vector<uint8_t>* table = nullptr;
  int acc_bits = 32;
  std::vector<int16_t> weights;
};

// acc_init, or acc_init64 where that is empty.
template <typename Options>
std::vector<int64_t> StartsOf(const Options& options) {
  if (options.acc_init()->size() != 0 || options.acc_init64() == nullptr) {
    return {options.acc_init()->begin(), options.acc_init()->end()};
  }
  return {options.acc_init64()->begin(), options.acc_init64()->end()};
}

template <typename Options>
size_t StartCount(const Options& options) {
  const size_t narrow = options.acc_init()->size();
  return narrow != 0 || options.acc_init64() == nullptr ? narrow : options.acc_init64()->size();
}

template <typename Options>
void CopyCommon(const Options& options, Convolution& conv) {
  conv.stride_h = options.stride_h();
  conv.stride_w = options.stride_w();
  conv.dilation_h = options.dilation_h();
  conv.dilation_w = options.dilation_w();
  conv.pad_top = options.pad_top();
  conv.pad_left = options.pad_left();
  conv.acc_init = StartsOf(options);
  conv.acc_bits = options.acc_bits();
  conv.multiplier = options.multiplier()->data();
  conv.shift = options.shift()->data();
  conv.mid_zero_point = options.mid_zero_point();
  conv.clamp_low = options.clamp_low();
  conv.clamp_high = options.clamp_high();
  conv.table = options.table() != nullptr && options.table()->size() != 0 ? options.table() : nullptr;
}

// Whether input 1 is a constant of the type and packing; and of S8 or S16.
bool HasWeights(const LayerRun& run, joint::DType dtype, joint::Packing packing);
bool HasIntegerWeights(const LayerRun& run, joint::Packing packing);
// Of the output's type, with an entry for every value from `low` to `high`.
bool FitsTable(const LayerRun& run, const flatbuffers::Vector<uint8_t>* table, int32_t low, int32_t high);
std::vector<int32_t> ReadTable(const LayerRun& run, const flatbuffers::Vector<uint8_t>& table);

// Entries for each of the output's channels, shifts and table; the weights' shape is (.., kernel_h, kernel_w, ..).
template <typename Options>
bool FitsConvolution(const LayerRun& run, const Options& options, const joint::Tensor& weights) {
  const auto& kernel = *weights.shape();
  if (!FitsWindow(run, options, kernel[1], kernel[2], options.dilation_h(), options.dilation_w())) return false;
  const auto channels = static_cast<uint32_t>(run.y().shape()->Get(3));
  return StartCount(options) == channels && options.multiplier()->size() == channels &&
         options.shift()->size() == channels && AreShifts(*options.shift()) &&
         FitsTable(run, options.table(), options.clamp_low(), options.clamp_high());
}

void RunConvolution(const LayerRun& run, const Convolution& conv);

}  // namespace lockstep::engine
