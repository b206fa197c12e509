#include "ops/common/rescale_run.h"

#include <cstring>
#include <type_traits>

#include "arithmetic/requantize.h"

namespace lockstep::kernels {

void BuildRescaleTable(const TensorView& input, const TensorView& output, int32_t multiplier, int32_t shift,
                       uint8_t* table) {
  const int32_t limit = output.high;
  WithActivationType(output.dtype, [&](auto* tag) {
    using Out = std::remove_pointer_t<decltype(tag)>;
    for (int32_t x = 0; x < 256; ++x) {
      const int32_t stored = input.dtype == joint::DType::S8 ? static_cast<int8_t>(x) : x;
      const int32_t value =
          RequantizeClamped(stored - input.zero_point, multiplier, shift, output.zero_point, 0, limit);
      const auto entry = static_cast<Out>(value);
      std::memcpy(table + static_cast<size_t>(x) * sizeof entry, &entry, sizeof entry);
    }
  });
}

void RescaleRun(const RescaleTo& rescale, int64_t from, int64_t to, int64_t count) {
  const TensorView& input = rescale.input;
  const TensorView& output = rescale.output;
  if (rescale.multiplier == 0) {
    const int64_t size = ElementBytes(input.dtype);
    std::memcpy(output.data + to * size, input.data + from * size, static_cast<size_t>(count * size));
    return;
  }
  WithActivationType(output.dtype, [&](auto* tag) {
    using Out = std::remove_pointer_t<decltype(tag)>;
    Out* y = reinterpret_cast<Out*>(output.data) + to;
    const auto length = static_cast<ptrdiff_t>(count);
    if (ElementBytes(input.dtype) == 1) {
      const uint8_t* x = input.data + from;
      const auto* table = reinterpret_cast<const Out*>(rescale.table);
      if (sizeof(Out) == 1) {
        LookUp(rescale.table, x, reinterpret_cast<uint8_t*>(y), length);
        return;
      }
      for (ptrdiff_t i = 0; i < length; ++i) y[i] = table[x[i]];
      return;
    }
    const auto requantize = [&](const auto* x) {
      const int32_t limit = output.high;
      for (ptrdiff_t i = 0; i < length; ++i) {
        y[i] = static_cast<Out>(
            RequantizeClamped(x[i] - input.zero_point, rescale.multiplier, rescale.shift, output.zero_point, 0, limit));
      }
    };
    if (input.dtype == joint::DType::S16) {
      requantize(reinterpret_cast<const int16_t*>(input.data) + from);
    } else {
      requantize(reinterpret_cast<const uint16_t*>(input.data) + from);
    }
  });
}

}  // namespace lockstep::kernels
