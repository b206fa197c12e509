// One quantised convolution against the formulas of docs/arithmetic.md: its weights, constants and inputs of every
// kind.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "exact_requantize.h"
#include "kernel_tester.h"

namespace lockstep::kernels {

enum class Shifts { kFitted, kNegative, kZero, kOne, kMixed, kExact, kNear };
enum class Sums { kBiased, kAtTheBound };
enum class Weights { kExtreme, kRandom, kTiny, kAllLargest, kAllSmallest, kSmall };
enum class Inputs { kRandom, kAll0, kAllLargest, kEnds };
enum class Output { kU8, kU8Table, kU16, kU16Table };

struct ConvCase {
  int32_t batch = 1, height = 4, width = 7, in = 4, out = 16;
  int32_t kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int32_t top = 1, left = 1, bottom = 1, right = 1;
  int32_t groups = 1;
  bool depthwise = false;
  Shifts shifts = Shifts::kFitted;
  int shift = 0;  // of every channel, for kExact
  Sums sums = Sums::kBiased;
  Weights weights = Weights::kRandom;
  Inputs inputs = Inputs::kRandom;
  joint::DType input = joint::DType::U8;
  joint::DType weight = joint::DType::S8;
  Output output = Output::kU8;
  int table_bits = 8;  // of the values in front of a table
  int acc_bits = 32;
  bool plain = false;  // zero point 0 without limits
  uint32_t seed = 1;
};

inline std::string Describe(const ConvCase& c) {
  std::ostringstream text;
  text << (c.depthwise ? "depthwise " : "") << c.batch << 'x' << c.height << 'x' << c.width << 'x' << c.in << " -> "
       << c.out << " kernel " << c.kernel_h << 'x' << c.kernel_w << " stride " << c.stride_h << ',' << c.stride_w
       << " dilation " << c.dilation_h << ',' << c.dilation_w << " pads " << c.top << ',' << c.left << ',' << c.bottom
       << ',' << c.right << " groups " << c.groups << " shifts " << static_cast<int>(c.shifts) << ' ' << c.shift
       << " weights " << static_cast<int>(c.weights) << " inputs " << static_cast<int>(c.inputs) << " output "
       << static_cast<int>(c.output) << ' ' << EnumNameDType(c.input) << ' ' << EnumNameDType(c.weight) << " table "
       << c.table_bits << " acc " << c.acc_bits << (c.plain ? " plain" : "") << " seed " << c.seed;
  return text.str();
}

inline int32_t OutExtent(int32_t in, int32_t pads, int32_t kernel, int32_t stride, int32_t dilation) {
  return (in + pads - (kernel - 1) * dilation - 1) / stride + 1;
}

class ConvTester {
 public:
  explicit ConvTester(const ConvCase& c) : c_(c), random_(c.seed), group_in_(c.depthwise ? 1 : c.in / c.groups) {
    test_.about = Describe(c);
    test_.inputs.push_back(RandomTensor(c.input, {c.batch, c.height, c.width, c.in}, random_));
    if (c.inputs != Inputs::kRandom) {
      for (uint8_t& byte : test_.inputs[0].bytes) {  // of words too
        byte = c.inputs == Inputs::kAllLargest || (c.inputs == Inputs::kEnds && random_() % 2 == 0) ? 255 : 0;
      }
    }
    test_.inputs[0].zero_point = static_cast<int32_t>(random_() % static_cast<uint32_t>(LimitOf(c.input) + 1));
    MakeWeights();
    test_.inputs.push_back(packed_);
    MakeConstants();
    test_.output.dtype =
        c.output == Output::kU16 || c.output == Output::kU16Table ? joint::DType::U16 : joint::DType::U8;
    test_.output.shape = {c.batch, OutExtent(c.height, c.top + c.bottom, c.kernel_h, c.stride_h, c.dilation_h),
                          OutExtent(c.width, c.left + c.right, c.kernel_w, c.stride_w, c.dilation_w), c.out};
    mid_zero_point_ = PickZeroPoint(MidLimit());
    clamp_low_ = random_() % 2 == 0 ? 0 : mid_zero_point_ / 2;
    clamp_high_ = random_() % 2 == 0 ? MidLimit() : MidLimit() - 20;
    if (c.plain) {
      mid_zero_point_ = clamp_low_ = 0;
      clamp_high_ = MidLimit();
    }
    if (c.output == Output::kU8Table || c.output == Output::kU16Table) {
      const size_t entry = c.output == Output::kU8Table ? 1 : 2;
      for (size_t i = 0; i < static_cast<size_t>(MidLimit() + 1) * entry; ++i)
        table_.push_back(static_cast<uint8_t>(random_()));
    }
    Compute();
    FillLayer();
  }

  void Check() {
    ExpectEveryKernelGives(test_, [this](int64_t element) {
      const auto at = static_cast<size_t>(element);
      const size_t oc = at % static_cast<size_t>(c_.out);
      return "accumulator " + std::to_string(acc_[at]) + " multiplier " + std::to_string(multiplier_[oc]) + " shift " +
             std::to_string(shift_[oc]);
    });
  }

 private:
  bool HasTable() const { return c_.output == Output::kU8Table || c_.output == Output::kU16Table; }
  int32_t MidLimit() const {
    if (HasTable()) return (1 << c_.table_bits) - 1;
    return c_.output == Output::kU16 ? 65535 : 255;
  }

  // Logical order: oc, kh, kw, channels of the group.
  int16_t Weight(int32_t oc, int32_t ky, int32_t kx, int32_t i) const {
    const int64_t at = ((int64_t{oc} * c_.kernel_h + ky) * c_.kernel_w + kx) * group_in_ + i;
    return weights_[static_cast<size_t>(at)];
  }

  void MakeWeights() {
    for (int32_t i = 0; i < c_.out * c_.kernel_h * c_.kernel_w * group_in_; ++i) {
      const uint32_t draw = random_();
      const int32_t highest = c_.weight == joint::DType::S16 ? 32512 : 127;
      int32_t value = static_cast<int32_t>(draw % static_cast<uint32_t>(2 * highest + 1)) - highest;
      if (c_.weights == Weights::kExtreme) value = draw % 8 < 7 ? highest : -highest;
      if (c_.weights == Weights::kAllLargest) value = highest;
      if (c_.weights == Weights::kAllSmallest) value = -highest;
      if (c_.weights == Weights::kTiny) value = static_cast<int32_t>(draw % 3) - 1;
      if (c_.weights == Weights::kSmall) value = static_cast<int32_t>(draw % 1201) - 600;
      weights_.push_back(static_cast<int16_t>(ClampTo(value, -highest, highest)));
    }
    packed_.dtype = c_.weight;
    packed_.shape = {c_.out, c_.kernel_h, c_.kernel_w, group_in_};
    if (c_.depthwise) {
      packed_.shape = {1, c_.kernel_h, c_.kernel_w, c_.out};
      for (int32_t tap = 0; tap < c_.kernel_h * c_.kernel_w; ++tap) {
        for (int32_t oc = 0; oc < c_.out; ++oc) {
          const int16_t weight = Weight(oc, tap / c_.kernel_w, tap % c_.kernel_w, 0);
          c_.weight == joint::DType::S16 ? Append(packed_, weight) : Append(packed_, static_cast<int8_t>(weight));
        }
      }
    } else {
      if (c_.weight == joint::DType::S16) Pack(255);
      Pack(1);
    }
  }

  // A weight is 255 * high + low, with both within +-127; one of 8 bits is its low byte.
  int32_t Byte(int32_t weight, int32_t factor) const {
    if (c_.weight == joint::DType::S8) return weight;
    int32_t high = weight / 255;
    if (weight - 255 * high > 127) ++high;
    if (weight - 255 * high < -127) --high;
    return factor == 1 ? weight - 255 * high : high;
  }

  // The ends of the range are where a zero point added too early overflows.
  int32_t PickZeroPoint(int32_t limit) {
    const uint32_t draw = random_();
    if (draw % 4 < 2) return draw % 4 == 0 ? 0 : limit;
    return static_cast<int32_t>(draw % static_cast<uint32_t>(limit + 1));
  }

  // O16I4 as the schema's notes have it, of the bytes that count `factor`.
  void Pack(int32_t factor) {
    const bool split = c_.dilation_w > 1;
    const int32_t segments = split ? c_.kernel_h * c_.kernel_w : c_.kernel_h;
    const int32_t length = split ? group_in_ : c_.kernel_w * group_in_;
    const int32_t group_out = c_.out / c_.groups;
    for (int32_t group = 0; group < c_.groups; ++group) {
      for (int32_t block = 0; block * 16 < group_out; ++block) {
        for (int32_t segment = 0; segment < segments; ++segment) {
          for (int32_t quad = 0; quad * 4 < length; ++quad) {
            for (int32_t lane = 0; lane < 64; ++lane) {
              const int32_t channel = block * 16 + lane / 4;
              const int32_t at = quad * 4 + lane % 4;
              int32_t value = 0;
              if (channel < group_out && at < length) {
                const int32_t ky = split ? segment / c_.kernel_w : segment;
                const int32_t kx = split ? segment % c_.kernel_w : at / group_in_;
                value = Weight(group * group_out + channel, ky, kx, at % group_in_);
              }
              Append(packed_, static_cast<int8_t>(Byte(value, factor)));
            }
          }
        }
      }
    }
  }

  void MakeConstants() {
    const int32_t taps = c_.kernel_h * c_.kernel_w * group_in_;
    std::vector<int32_t> low_sum;
    for (int32_t oc = 0; oc < c_.out; ++oc) {
      int64_t sum = 0;
      int64_t high = 0;
      int64_t magnitude = 0;
      for (int32_t i = 0; i < taps; ++i) {
        const int16_t w = weights_[static_cast<size_t>(int64_t{oc} * taps + i)];
        sum += w;
        high += Byte(w, 255);
        magnitude += w < 0 ? -w : w;
      }
      const int64_t largest = magnitude * LimitOf(c_.input);
      const int64_t spread = ClampTo(1 + largest, 1, IsWide() ? int64_t{1} << 46 : 1 << 30);
      const auto draw = static_cast<int64_t>(random_()) << (IsWide() ? 16 : 0);
      const int64_t bias = draw % spread - spread / 2;
      weight_sum_.push_back(static_cast<int32_t>(c_.weight == joint::DType::S16 ? high : sum));
      if (c_.weight == joint::DType::S16) low_sum.push_back(static_cast<int32_t>(sum - 255 * high));
      const int64_t room = (int64_t{1} << 31) - 1 - largest;
      const int64_t at_the_bound = random_() % 2 == 0 ? room : -room;
      acc_init_.push_back(c_.sums == Sums::kAtTheBound ? at_the_bound : bias - test_.inputs[0].zero_point * sum);
      multiplier_.push_back(static_cast<int32_t>((uint32_t{1} << 30) + random_() % (uint32_t{1} << 30)));
      shift_.push_back(static_cast<int8_t>(ShiftFor(1 + largest)));
    }
    weight_sum_.insert(weight_sum_.end(), low_sum.begin(), low_sum.end());
  }

  bool IsWide() const { return c_.input == joint::DType::U16 || c_.weight == joint::DType::S16; }

  int ShiftFor(int64_t spread) {
    int fitted = 0;
    while ((spread >> fitted) > MidLimit() / 3 * 4 && fitted < 31) ++fitted;
    const int draw = static_cast<int>(random_() % 8);
    switch (c_.shifts) {
      case Shifts::kFitted:
        return static_cast<int>(ClampTo(fitted - draw % 2, 2, 31));
      case Shifts::kNegative:
        return -1 - draw;
      case Shifts::kZero:
        return 0;
      case Shifts::kOne:
        return 1;
      case Shifts::kMixed:
        return static_cast<int>(ClampTo(fitted + draw - 4, -30, 31));
      case Shifts::kExact:
        return c_.shift;
      case Shifts::kNear:
        return 4 + draw % 7;
    }
    return fitted;
  }

  // The channels of a pixel that lead to output channel `oc`; nullptr: it lies in the padding.
  const int32_t* Pixel(int32_t n, int32_t y, int32_t x, int32_t oc) const {
    if (y < 0 || y >= c_.height || x < 0 || x >= c_.width) return nullptr;
    const int32_t first = oc / (c_.depthwise ? 1 : c_.out / c_.groups) * group_in_;
    return values_.data() + ((int64_t{n} * c_.height + y) * c_.width + x) * c_.in + first;
  }

  void Compute() {
    const TestTensor& input = test_.inputs[0];
    for (int64_t element = 0; element < input.Elements(); ++element) values_.push_back(input.Get(element));
    for (int64_t element = 0; element < test_.output.Elements(); ++element) {
      const auto oc = static_cast<int32_t>(element % c_.out);
      const auto x = static_cast<int32_t>(element / c_.out % test_.output.shape[2]);
      const auto y = static_cast<int32_t>(element / c_.out / test_.output.shape[2] % test_.output.shape[1]);
      const auto n = static_cast<int32_t>(element / c_.out / test_.output.shape[2] / test_.output.shape[1]);
      int64_t acc = acc_init_[static_cast<size_t>(oc)];
      for (int32_t ky = 0; ky < c_.kernel_h; ++ky) {
        for (int32_t kx = 0; kx < c_.kernel_w; ++kx) {
          const int32_t* pixel = Pixel(n, y * c_.stride_h - c_.top + ky * c_.dilation_h,
                                       x * c_.stride_w - c_.left + kx * c_.dilation_w, oc);
          const int16_t* weights = weights_.data() + ((int64_t{oc} * c_.kernel_h + ky) * c_.kernel_w + kx) * group_in_;
          for (int32_t i = 0; i < group_in_; ++i) {
            acc += int64_t{pixel != nullptr ? pixel[i] : input.zero_point} * weights[i];
          }
        }
      }
      acc_.push_back(acc);
      const int64_t rq = ExactRequantize(acc, multiplier_[static_cast<size_t>(oc)], shift_[static_cast<size_t>(oc)]);
      const int64_t p = ClampTo(mid_zero_point_ + rq, clamp_low_, clamp_high_);
      int64_t value = p;
      if (c_.output == Output::kU8Table) value = table_[static_cast<size_t>(p)];
      if (c_.output == Output::kU16Table) {
        value = table_[static_cast<size_t>(2 * p)] + 256 * table_[static_cast<size_t>(2 * p + 1)];
      }
      AppendActivation(test_.output, value);
    }
  }

  template <typename Options>
  void FillCommon(Options& options) const {
    options.stride_h = c_.stride_h;
    options.stride_w = c_.stride_w;
    options.dilation_h = c_.dilation_h;
    options.dilation_w = c_.dilation_w;
    options.pad_top = c_.top;
    options.pad_left = c_.left;
    options.pad_bottom = c_.bottom;
    options.pad_right = c_.right;
    const bool narrow = std::all_of(acc_init_.begin(), acc_init_.end(),
                                    [](int64_t start) { return start == static_cast<int32_t>(start); });
    if (narrow) {
      options.acc_init.assign(acc_init_.begin(), acc_init_.end());
    } else {
      options.acc_init64 = acc_init_;
    }
    options.acc_bits = static_cast<uint8_t>(c_.acc_bits);
    options.multiplier = multiplier_;
    options.shift = shift_;
    options.mid_zero_point = mid_zero_point_;
    options.clamp_low = clamp_low_;
    options.clamp_high = clamp_high_;
    options.table = table_;
  }

  void FillLayer() {
    test_.layer.name = "layer";
    if (c_.depthwise) {
      joint::DepthwiseConvT options;
      FillCommon(options);
      test_.layer.options.Set(std::move(options));
    } else {
      joint::ConvT options;
      FillCommon(options);
      options.groups = c_.groups;
      options.weight_sum = weight_sum_;
      test_.layer.options.Set(std::move(options));
    }
  }

  ConvCase c_;
  std::mt19937 random_;
  int32_t group_in_;
  LayerCase test_;
  TestTensor packed_;            // the weights
  std::vector<int32_t> values_;  // of the input
  std::vector<int16_t> weights_;
  std::vector<int64_t> acc_init_;
  std::vector<int32_t> weight_sum_, multiplier_;
  std::vector<int8_t> shift_;
  std::vector<uint8_t> table_;
  std::vector<int64_t> acc_;
  int32_t mid_zero_point_ = 0, clamp_low_ = 0, clamp_high_ = 255;
};

inline void Check(const ConvCase& c) { ConvTester(c).Check(); }

}  // namespace lockstep::kernels
