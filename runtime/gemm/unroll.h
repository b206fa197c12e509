// Unrolling at the source, for tiles of accumulators: gcc unrolls a loop too late to keep an array in registers.
#pragma once

#include <type_traits>
#include <utility>

namespace lockstep::kernels {

template <int... kIndex, typename Body>
[[gnu::always_inline]] inline void UnrollOver(std::integer_sequence<int, kIndex...> /*indices*/, Body body) {
  (body(std::integral_constant<int, kIndex>{}), ...);
}

// body(std::integral_constant<int, i>) for every i in [0, kCount). Always inlined: no copy of it exists that a linker
// could take from a file with other instruction set flags.
template <int kCount, typename Body>
[[gnu::always_inline]] inline void Unroll(Body body) {
  UnrollOver(std::make_integer_sequence<int, kCount>{}, body);
}

}  // namespace lockstep::kernels
