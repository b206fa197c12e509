// MaxPool and AveragePool in floats.
#include <cstddef>

#include "arithmetic/f1.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

template <typename Options>
bool FitsPool(const LayerRun& run, const Options& pool) {
  return HasTensors(run, 1) && IsFloat(run.x()) && IsFloat(run.y()) &&
         FitsWindow(run, pool, pool.kernel_h(), pool.kernel_w(), 1, 1) &&
         run.x().shape()->Get(3) == run.y().shape()->Get(3) && pool.pad_top() < pool.kernel_h() &&
         pool.pad_bottom() < pool.kernel_h() && pool.pad_left() < pool.kernel_w() && pool.pad_right() < pool.kernel_w();
}

// The elements of each output's window that lie within the input, ky outside, to add(element); then y = result().
template <typename Options, typename Reduction>
void RunPool(const LayerRun& run, const Options& pool, const Reduction& start) {
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const Extents in(run.x());
  const int32_t height = run.x().shape()->Get(1);
  const int32_t width = run.x().shape()->Get(2);
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    Reduction reduction = start;
    for (int32_t ky = 0; ky < pool.kernel_h(); ++ky) {
      for (int32_t kx = 0; kx < pool.kernel_w(); ++kx) {
        const int32_t iy = static_cast<int32_t>(at[1]) * pool.stride_h() - pool.pad_top() + ky;
        const int32_t ix = static_cast<int32_t>(at[2]) * pool.stride_w() - pool.pad_left() + kx;
        if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
        reduction.Add(x[in.IndexOf({at[0], static_cast<size_t>(iy), static_cast<size_t>(ix), at[3]})]);
      }
    }
    y[i] = reduction.Result();
  });
  WriteFloats(y, run.outputs[0]);
}

struct Maximum {
  int32_t key = INT32_MIN;
  void Add(float x) { key = f1::OrderKey(x) > key ? f1::OrderKey(x) : key; }
  float Result() const { return f1::FromOrderKey(key); }
};

struct Mean {
  int32_t divisor;
  int32_t count = 0;
  float sum = 0.0F;
  void Add(float x) {
    sum = sum + x;
    ++count;
  }
  float Result() const { return sum / static_cast<float>(divisor > 0 ? divisor : count); }
};

}  // namespace

bool FitsFloatMaxPool(const LayerRun& run) { return FitsPool(run, *run.layer->options_as_MaxPool()); }

void RunFloatMaxPool(const LayerRun& run) { RunPool(run, *run.layer->options_as_MaxPool(), Maximum()); }

bool FitsFloatAveragePool(const LayerRun& run) { return FitsPool(run, *run.layer->options_as_AveragePool()); }

void RunFloatAveragePool(const LayerRun& run) {
  const joint::AveragePool& pool = *run.layer->options_as_AveragePool();
  RunPool(run, pool, Mean{pool.divisor()});
}

}  // namespace lockstep::engine
