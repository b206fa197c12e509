// One tensor of a folder against one of another: md5 first, then how far their values are apart.
#pragma once

#include <string>

#include "compare/element_sums.h"
#include "compare/limits.h"
#include "compare/pairing.h"
#include "dump/layer_result.h"

namespace lockstep::compare {

struct PairResult {
  // `accuracy` compares the values of the second with those of the first. Of equal tensors nothing but the md5 is
  // computed; the rest follows.
  dump::LayerResult layer;
  int64_t elements = 0;        // bytes where the type is not known
  int64_t differing = 0;       // of these
  NotFinite first_not_finite;  // floats of the first, where they were looked at
  NotFinite second_not_finite;
  std::string not_comparable;  // why, and what to do: nothing else was found out; empty: compared
  std::string order;           // what was assumed of the axes, "second in NHWC", where no manifest or flag says it
};

// Where the order of the axes stays open, each that fits is tried: the one with equal bytes, else with the highest
// cosine, counts. Two whose sizes or shapes do not fit are not comparable. `dtype`: see FormatsOf. Throws BadInput that
// names a file.
PairResult ComparePair(const TensorPair& pair, const Limits& limits, const std::string& dtype);

}  // namespace lockstep::compare
