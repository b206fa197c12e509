// The quantised transposed convolution: every input element adds a scaled kernel to the output.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "exact_requantize.h"
#include "joint_elements.h"
#include "kernel_tester.h"

namespace lockstep::kernels {

struct TransposeCase {
  int32_t batch = 1, height = 3, width = 5, in = 4, out = 8;
  int32_t kernel_h = 3, kernel_w = 3, stride_h = 2, stride_w = 2;
  int32_t top = 0, left = 0, bottom = 0, right = 0;  // bottom and right: negative is output padding
  int32_t groups = 1;
  joint::DType input = joint::DType::U8;
  joint::DType weight = joint::DType::S8;
  bool table = false, wide = false;
  int table_bits = 8;    // of the values in front of a table
  bool extreme = false;  // all weights 127 or -127
  int acc_bits = 32;
  int shift = -100;     // of all channels, if it is one
  int zero_point = -1;  // if it is one
  int sparse = 1;       // only one weight in so many is not 0
  uint32_t seed = 1;
};

class TransposeTester {
 public:
  explicit TransposeTester(const TransposeCase& c)
      : c_(c), random_(c.seed), group_in_(c.in / c.groups), group_out_(c.out / c.groups) {
    test_.about = std::to_string(c.batch) + "x" + std::to_string(c.height) + "x" + std::to_string(c.width) + "x" +
                  std::to_string(c.in) + " -> " + std::to_string(c.out) + " kernel " + std::to_string(c.kernel_h) +
                  "x" + std::to_string(c.kernel_w) + " stride " + std::to_string(c.stride_h) + "," +
                  std::to_string(c.stride_w) + " pads " + std::to_string(c.top) + "," + std::to_string(c.left) + "," +
                  std::to_string(c.bottom) + "," + std::to_string(c.right) + " groups " + std::to_string(c.groups) +
                  " " + EnumNameDType(c.input) + " " + EnumNameDType(c.weight) + " seed " + std::to_string(c.seed);
    test_.layer.name = "layer";
    test_.inputs.push_back(RandomTensor(c.input, {c.batch, c.height, c.width, c.in}, random_));
    test_.inputs[0].zero_point = c.zero_point >= 0 ? c.zero_point : Pick(0, LimitOf(c.input));
    for (int32_t i = 0; i < c.out * c.kernel_h * c.kernel_w * group_in_; ++i) {
      const int32_t highest = c.weight == joint::DType::S16 ? 32512 : 127;
      const int32_t extreme = Pick(0, 7) == 0 ? -highest : highest;
      weights_.push_back(static_cast<int16_t>(c.extreme ? extreme : Pick(-highest, highest)));
      if (i % c.sparse != 0) weights_.back() = 0;
    }
    test_.output.dtype = c.wide ? joint::DType::U16 : joint::DType::U8;
    test_.output.shape = {c.batch, (c.height - 1) * c.stride_h + c.kernel_h - c.top - c.bottom,
                          (c.width - 1) * c.stride_w + c.kernel_w - c.left - c.right, c.out};
    MakeOptions();
    Pack();
    Compute();
  }

  int64_t LargestSum() const {
    int64_t largest = 0;
    for (const int64_t sum : sums_) largest = std::max(largest, std::abs(sum));
    return largest;
  }

  void Check() {
    test_.layer.options.Set(options_);
    ExpectEveryKernelGives(test_, [this](int64_t element) {
      const auto oc = static_cast<size_t>(element % c_.out);
      return "accumulator " + std::to_string(sums_[static_cast<size_t>(element)]) + " multiplier " +
             std::to_string(options_.multiplier[oc]) + " shift " + std::to_string(options_.shift[oc]);
    });
  }

 private:
  int32_t Pick(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }

  int16_t Weight(int32_t oc, int32_t ky, int32_t kx, int32_t i) const {
    return weights_[static_cast<size_t>(((int64_t{oc} * c_.kernel_h + ky) * c_.kernel_w + kx) * group_in_ + i)];
  }

  void MakeOptions() {
    options_.groups = c_.groups;
    options_.stride_h = c_.stride_h;
    options_.stride_w = c_.stride_w;
    options_.pad_top = c_.top;
    options_.pad_left = c_.left;
    options_.acc_bits = static_cast<uint8_t>(c_.acc_bits);
    const int32_t high = c_.table ? (1 << c_.table_bits) - 1 : LimitOf(test_.output.dtype);
    options_.mid_zero_point = Pick(0, high);
    options_.clamp_low = Pick(0, 1) * Pick(0, high / 3);
    options_.clamp_high = high - Pick(0, 1) * Pick(0, high / 3);
    for (int i = 0; c_.table && i < (high + 1) * (c_.wide ? 2 : 1); ++i) {
      options_.table.push_back(static_cast<uint8_t>(random_()));
    }
    for (int32_t oc = 0; oc < c_.out; ++oc) {
      const bool long_bias = c_.acc_bits == 64 && (c_.input == joint::DType::U16 || c_.weight == joint::DType::S16);
      bias_.push_back(int64_t{Pick(-20000, 20000)} * (long_bias ? 1 << 20 : 1));
      options_.multiplier.push_back(static_cast<int32_t>((uint32_t{1} << 30) + random_() % (uint32_t{1} << 30)));
      options_.shift.push_back(
          static_cast<int8_t>(c_.shift != -100 ? c_.shift : Pick(high == 255 ? 6 : 0, 10) + ExtraShift()));
    }
  }

  // Phase after phase, taps in descending order; a missing tap is one of zeros.
  void Pack() {
    TestTensor packed;
    packed.dtype = c_.weight;
    packed.shape = {c_.out, c_.kernel_h, c_.kernel_w, group_in_};
    for (int32_t byte = joint::ElementBytes(c_.weight); byte-- > 0;) {
      for (int32_t ry = 0; ry < c_.stride_h; ++ry) {
        for (int32_t rx = 0; rx < c_.stride_w; ++rx) PackPhase(ry, rx, byte, packed);
      }
    }
    const bool narrow =
        std::all_of(starts_.begin(), starts_.end(), [](int64_t start) { return start == static_cast<int32_t>(start); });
    if (narrow) {
      options_.acc_init.assign(starts_.begin(), starts_.end());
    } else {
      options_.acc_init64 = starts_;
    }
    test_.inputs.push_back(packed);
  }

  int32_t ExtraShift() const {
    return (c_.input == joint::DType::U16 ? 8 : 0) + (c_.weight == joint::DType::S16 ? 8 : 0);
  }

  // A weight is 255 * high + low, with both within +-127; one of 8 bits is its low byte.
  int32_t Byte(int32_t weight, int32_t byte) const {
    if (c_.weight == joint::DType::S8) return weight;
    int32_t high = weight / 255;
    if (weight - 255 * high > 127) ++high;
    if (weight - 255 * high < -127) --high;
    return byte == 0 ? weight - 255 * high : high;
  }

  void PackPhase(int32_t ry, int32_t rx, int32_t byte, TestTensor& packed) {
    std::vector<int32_t> rows;
    std::vector<int32_t> columns;
    for (int32_t k = ry; k < c_.kernel_h; k += c_.stride_h) rows.insert(rows.begin(), k);
    for (int32_t k = rx; k < c_.kernel_w; k += c_.stride_w) columns.insert(columns.begin(), k);
    const bool absent = rows.empty() || columns.empty();
    if (rows.empty()) rows = {0};
    if (columns.empty()) columns = {0};
    const auto length = static_cast<int32_t>(columns.size()) * group_in_;
    std::vector<int64_t> sums(static_cast<size_t>(c_.out), 0);
    std::vector<int64_t> byte_sums = sums;
    for (int32_t group = 0; group < c_.groups; ++group) {
      for (int32_t block = 0; block * 16 < group_out_; ++block) {
        for (const int32_t ky : rows) {
          for (int32_t at = 0; at < (length + 3) / 4 * 64; ++at) {
            const int32_t channel = block * 16 + at % 64 / 4;
            const int32_t depth = at / 64 * 4 + at % 4;
            int32_t value = 0;
            if (channel < group_out_ && depth < length && !absent) {
              const int32_t oc = group * group_out_ + channel;
              value = Weight(oc, ky, columns[static_cast<size_t>(depth / group_in_)], depth % group_in_);
              sums[static_cast<size_t>(oc)] += value;
              byte_sums[static_cast<size_t>(oc)] += Byte(value, byte);
            }
            Append(packed, static_cast<int8_t>(Byte(value, byte)));
          }
        }
      }
    }
    for (int32_t oc = 0; oc < c_.out; ++oc) {
      const int64_t sum = sums[static_cast<size_t>(oc)];
      options_.weight_sum.push_back(static_cast<int32_t>(byte_sums[static_cast<size_t>(oc)]));
      if (byte == 0) starts_.push_back(bias_[static_cast<size_t>(oc)] - test_.inputs[0].zero_point * sum);
    }
  }

  // The real meaning: bias and differences to the zero point, scattered from the input.
  void Compute() {
    const std::vector<int32_t>& shape = test_.output.shape;
    for (int64_t i = 0; i < test_.output.Elements(); ++i) sums_.push_back(bias_[static_cast<size_t>(i % c_.out)]);
    for (int64_t i = 0; i < test_.inputs[0].Elements(); ++i) {
      const int64_t x = test_.inputs[0].Get(i) - test_.inputs[0].zero_point;
      const auto channel = static_cast<int32_t>(i % c_.in);
      const auto ix = static_cast<int32_t>(i / c_.in % c_.width);
      const auto iy = static_cast<int32_t>(i / c_.in / c_.width % c_.height);
      const int64_t n = i / c_.in / c_.width / c_.height;
      for (int32_t ky = 0; ky < c_.kernel_h; ++ky) {
        for (int32_t kx = 0; kx < c_.kernel_w; ++kx) {
          const int32_t oy = iy * c_.stride_h + ky - c_.top;
          const int32_t ox = ix * c_.stride_w + kx - c_.left;
          if (oy < 0 || oy >= shape[1] || ox < 0 || ox >= shape[2]) continue;
          for (int32_t o = 0; o < group_out_; ++o) {
            const int32_t oc = channel / group_in_ * group_out_ + o;
            sums_[static_cast<size_t>(((n * shape[1] + oy) * shape[2] + ox) * c_.out + oc)] +=
                x * Weight(oc, ky, kx, channel % group_in_);
          }
        }
      }
    }
    for (size_t i = 0; i < sums_.size(); ++i) {
      const size_t oc = i % static_cast<size_t>(c_.out);
      const int64_t p =
          ClampTo(options_.mid_zero_point + ExactRequantize(sums_[i], options_.multiplier[oc], options_.shift[oc]),
                  options_.clamp_low, options_.clamp_high);
      int64_t value = p;
      if (c_.table) {
        const auto entry = static_cast<size_t>(p);
        value = c_.wide ? options_.table[2 * entry] + 256 * options_.table[2 * entry + 1] : options_.table[entry];
      }
      AppendActivation(test_.output, value);
    }
  }

  TransposeCase c_;
  std::mt19937 random_;
  int32_t group_in_, group_out_;
  LayerCase test_;
  joint::ConvTransposeT options_;
  std::vector<int16_t> weights_;
  std::vector<int64_t> bias_, starts_;
  std::vector<int64_t> sums_;
};

}  // namespace lockstep::kernels
