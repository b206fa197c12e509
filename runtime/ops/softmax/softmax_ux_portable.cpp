#include <algorithm>
#include <type_traits>

#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

// floor((e * numerator + sum / 2) / sum) with one division per row. The reciprocal is rounded down, so the estimate is
// above e * numerator / sum - e / 2^40 - 1, where e < 2^32, and never too large: what remains, the half added, is below
// (1 + 1/2 + 2^-8) * sum, and one more is all that may be missing.
class RowDivider {
 public:
  RowDivider(uint32_t numerator, uint32_t sum) : numerator_(numerator), sum_(sum) {
    reciprocal_ = (uint64_t{numerator} << kFraction) / sum;
  }

  uint64_t Divide(uint32_t e) const {
    const uint64_t quotient = (e * reciprocal_) >> kFraction;
    const uint64_t rest = uint64_t{e} * numerator_ + sum_ / 2 - quotient * sum_;
    return rest >= sum_ ? quotient + 1 : quotient;
  }

 private:
  static constexpr int kFraction = 40;  // e <= sum, so e * reciprocal <= numerator << 40, below 2^63
  uint32_t numerator_;
  uint32_t sum_;
  uint64_t reciprocal_;
};

// The table's entries beyond its end are 0.
class Exponentials {
 public:
  explicit Exponentials(const joint::Softmax& softmax)
      : table_(softmax.table()->data()), size_(softmax.table()->size()) {}

  uint32_t operator[](uint32_t difference) const { return difference < size_ ? table_[difference] : 0; }

 private:
  const uint32_t* table_;
  uint32_t size_;
};

template <typename In>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end) {
  const joint::Softmax& softmax = *args.layer->options_as_Softmax();
  const Exponentials exponentials(softmax);
  const auto length = static_cast<ptrdiff_t>(RowLength(args.outputs[0]));
  const auto limit = static_cast<uint64_t>(args.outputs[0].high);
  const bool words = args.outputs[0].dtype == joint::DType::U16;
  const uint32_t numerator = softmax.numerator();
  for (int64_t row = begin; row < end; ++row) {
    const In* x = reinterpret_cast<const In*>(args.inputs[0].data) + row * args.inputs[0].pitch;
    const int64_t place = row * args.outputs[0].pitch;
    const uint32_t top = *std::max_element(x, x + length);
    uint32_t sum = 0;
    for (ptrdiff_t i = 0; i < length; ++i) sum += exponentials[top - x[i]];
    const RowDivider divider(numerator, sum);
    const auto write = [&](auto* y) {
      for (ptrdiff_t i = 0; i < length; ++i) {
        y[i] =
            static_cast<std::remove_pointer_t<decltype(y)>>(std::min(limit, divider.Divide(exponentials[top - x[i]])));
      }
    };
    if (words) {
      write(reinterpret_cast<uint16_t*>(args.outputs[0].data) + place);
    } else {
      write(args.outputs[0].data + place);
    }
  }
}

}  // namespace

// A unit is one row.
void softmax_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  WithActivationType(args.inputs[0].dtype,
                     [&](auto* tag) { RunRows<std::remove_pointer_t<decltype(tag)>>(args, begin, end); });
}

}  // namespace lockstep::kernels
