// The integer parameters in front of a table: y = table[quantised x].
#pragma once

#include <functional>
#include <vector>

#include "quantize/observers/tensor_statistics.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {

// The parameters of x that make the expected squared error of y = f(x) least, rounding of x, the table's rounding to
// `output` and clipping included. Where f is flat (the negative side of SiLU) levels are not wasted.
AffineParams ChooseTableInput(const TensorStatistics& x, const std::function<double(double)>& f,
                              const AffineParams& output, int bits = 8);

// The same range with kWideHeadroom at the ends that are those of `x`: what reads a table whose output has levels
// beyond what was seen must have them too.
AffineParams WithHeadroom(const AffineParams& chosen, const TensorStatistics& x);

// The table of docs/arithmetic.md, as real numbers: what each level of x becomes.
std::vector<double> TableValues(const AffineParams& x, const std::function<double(double)>& f,
                                const AffineParams& output);

}  // namespace lockstep::quantize
