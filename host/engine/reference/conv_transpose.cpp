// Every output element sums the taps that lead to it from an input element, or from beside the input.
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "arithmetic/rq1.h"
#include "engine/reference/convolution.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "engine/reference/weights.h"

namespace lockstep::engine {
namespace {

// How the weights of one phase are stored: as a convolution with its taps in reverse; one tap of zeros stands for none.
struct Phase {
  Phase(const joint::ConvTranspose& options, const joint::Tensor& weights, int32_t in_y, int32_t in_x)
      : y(in_y),
        x(in_x),
        height(Taps(weights.shape()->Get(1), options.stride_h(), y)),
        width(Taps(weights.shape()->Get(2), options.stride_w(), x)),
        geometry(weights.shape()->Get(0), weights.shape()->Get(3), std::max(height, 1), std::max(width, 1),
                 options.groups(), 1) {}

  // Taps at `phase`, `phase + stride`, ...
  static int32_t Taps(int32_t kernel, int32_t stride, int32_t phase) {
    int32_t taps = 0;
    for (int32_t tap = phase; tap < kernel; tap += stride) ++taps;
    return taps;
  }

  int32_t y, x;
  int32_t height, width;
  O16I4Geometry geometry;
};

std::vector<Phase> Phases(const joint::ConvTranspose& options, const joint::Tensor& weights) {
  std::vector<Phase> phases;
  for (int32_t y = 0; y < options.stride_h(); ++y) {
    for (int32_t x = 0; x < options.stride_w(); ++x) phases.emplace_back(options, weights, y, x);
  }
  return phases;
}

// What stands in the formula for an input element of a channel at any row and column.
class Pixels {
 public:
  explicit Pixels(const LayerRun& run)
      : shape_(*run.x().shape()), values_(ReadElements(run.inputs[0])), zero_point_(ZeroPoint(run.x())) {}

  int32_t At(int32_t n, int32_t y, int32_t x, int32_t c) const {
    if (y < 0 || y >= shape_[1] || x < 0 || x >= shape_[2]) return zero_point_;
    return values_[((static_cast<size_t>(n) * shape_[1] + y) * shape_[2] + x) * shape_[3] + c];
  }

 private:
  const flatbuffers::Vector<int32_t>& shape_;
  std::vector<int32_t> values_;
  int32_t zero_point_;
};

}  // namespace

std::vector<int32_t> ConvTransposeWeights(const LayerRun& run) {
  const joint::ConvTranspose& options = *run.layer->options_as_ConvTranspose();
  const joint::Tensor& tensor = *run.inputs[1].tensor;
  const auto& w = *tensor.shape();
  const PackedBytes packed(run.inputs[1], tensor.bytes() / ElementSize(tensor.dtype()));
  uint64_t first = 0;  // of the phase
  std::vector<int32_t> weights(static_cast<size_t>(w[0]) * w[1] * w[2] * w[3]);
  for (const Phase& phase : Phases(options, tensor)) {
    for (int32_t oc = 0; oc < w[0]; ++oc) {
      for (int32_t j = 0; j < phase.height; ++j) {
        for (int32_t i = 0; i < phase.width; ++i) {
          const size_t tap =
              (static_cast<size_t>(oc) * w[1] + phase.y + static_cast<size_t>(j) * options.stride_h()) * w[2] +
              phase.x + static_cast<size_t>(i) * options.stride_w();
          for (int32_t ic = 0; ic < w[3]; ++ic) {
            weights[tap * w[3] + ic] =
                packed[first + phase.geometry.Offset(oc, ic, phase.height - 1 - j, phase.width - 1 - i)];
          }
        }
      }
    }
    first += phase.geometry.bytes();
  }
  return weights;
}

bool FitsConvTranspose(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatConvTranspose(run);
  const joint::ConvTranspose& o = *run.layer->options_as_ConvTranspose();
  if (!HasTensors(run, 2) || !IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  if (!HasIntegerWeights(run, joint::Packing::O16I4)) return false;
  const joint::Tensor& weights = *run.inputs[1].tensor;
  const auto& w = *weights.shape();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || y[3] != w[0]) return false;
  if (o.groups() < 1 || w[0] % o.groups() != 0 || x[3] != int64_t{w[3]} * o.groups()) return false;
  if (o.stride_h() < 1 || o.stride_w() < 1 || o.pad_top() < 0 || o.pad_left() < 0) return false;
  const uint64_t channels = static_cast<uint32_t>(w[0]);
  const uint64_t sums = channels * static_cast<uint32_t>(o.stride_h()) * static_cast<uint32_t>(o.stride_w());
  if (StartCount(o) != sums || o.multiplier()->size() != channels || o.shift()->size() != channels) return false;
  uint64_t bytes = 0;
  for (const Phase& phase : Phases(o, weights)) bytes += phase.geometry.bytes();
  return bytes * ElementSize(weights.dtype()) == weights.bytes() && AreShifts(*o.shift()) &&
         FitsTable(run, o.table(), o.clamp_low(), o.clamp_high());
}

void RunConvTranspose(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatConvTranspose(run);
  const joint::ConvTranspose& o = *run.layer->options_as_ConvTranspose();
  const auto& out = *run.y().shape();
  const auto& w = *run.inputs[1].tensor->shape();
  const Pixels pixels(run);
  const std::vector<int32_t> weights = ConvTransposeWeights(run);
  const std::vector<int64_t> starts = StartsOf(o);
  const int32_t group_out = w[0] / o.groups();
  const bool has_table = o.table() != nullptr && o.table()->size() != 0;
  const std::vector<int32_t> table = has_table ? ReadTable(run, *o.table()) : std::vector<int32_t>();
  std::vector<int32_t> y(static_cast<size_t>(ElementCount(run.y())));
  const auto rows = static_cast<size_t>(out[0]) * out[1];
  const auto row_length = static_cast<size_t>(out[2]) * out[3];
  bool overflow = false;

#pragma omp parallel for schedule(dynamic) reduction(|| : overflow) if (y.size() > kSerialElements)
  for (size_t row = 0; row < rows; ++row) {
    const auto n = static_cast<int32_t>(row / out[1]);
    const int32_t at_y = static_cast<int32_t>(row % out[1]) + o.pad_top();
    for (size_t element = 0; element < row_length; ++element) {
      const auto oc = static_cast<int32_t>(element % out[3]);
      const int32_t at_x = static_cast<int32_t>(element / out[3]) + o.pad_left();
      const int32_t phase_y = at_y % o.stride_h();
      const int32_t phase_x = at_x % o.stride_w();
      int64_t acc = starts[(static_cast<size_t>(phase_y) * o.stride_w() + phase_x) * w[0] + oc];
      for (int32_t ky = phase_y; ky < w[1]; ky += o.stride_h()) {
        for (int32_t kx = phase_x; kx < w[2]; kx += o.stride_w()) {
          const int32_t iy = (at_y - ky) / o.stride_h();  // exact
          const int32_t ix = (at_x - kx) / o.stride_w();
          const size_t tap = (static_cast<size_t>(oc) * w[1] + ky) * w[2] + kx;
          for (int32_t ic = 0; ic < w[3]; ++ic) {
            acc += int64_t{pixels.At(n, iy, ix, oc / group_out * w[3] + ic)} * weights[tap * w[3] + ic];
          }
        }
      }
      overflow = overflow || (o.acc_bits() == 32 && acc != static_cast<int32_t>(acc));
      const int64_t p =
          rq1::Clamp(o.mid_zero_point() + rq1::RequantizeWide(acc, o.multiplier()->Get(oc), o.shift()->Get(oc)),
                     o.clamp_low(), o.clamp_high());
      y[row * row_length + element] = table.empty() ? static_cast<int32_t>(p) : table[static_cast<size_t>(p)];
    }
  }
  WriteElements(y, run.outputs[0]);
  if (overflow) {
    throw std::logic_error("layer '" + run.layer->name()->str() +
                           "': an accumulator left the 32 bits it was proven for");
  }
}

}  // namespace lockstep::engine
