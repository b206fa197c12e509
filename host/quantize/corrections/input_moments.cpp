#include "quantize/corrections/input_moments.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "quantize/corrections/picture_pass.h"

namespace lockstep::quantize {
namespace {

constexpr size_t kSamplesByPicture = 256;
constexpr size_t kMostWeights = 4608;  // 512 channels, 3x3

// How a convolution finds the inputs of an output place.
struct Window {
  size_t node = 0;
  int64_t groups = 1;
  int64_t channels = 0;  // of a group
  std::vector<int64_t> kernel, strides, dilations, pads, output;

  size_t size() const { return static_cast<size_t>(channels * graph::ElementCount(kernel)); }
};

Window WindowOf(const graph::Graph& graph, size_t place) {
  const graph::Node& node = graph.nodes[place];
  const graph::Shape& weights = graph.tensor(node.inputs[1]).shape;
  const graph::Shape& output = graph.tensor(node.outputs[0]).shape;
  const std::vector<int64_t> ones(weights.size() - 2, 1);
  Window window;
  window.node = place;
  window.groups = node.Int("group", 1);
  window.channels = weights[1];
  window.kernel.assign(weights.begin() + 2, weights.end());
  window.strides = node.Ints("strides", ones);
  window.dilations = node.Ints("dilations", ones);
  window.pads = node.Ints("pads", std::vector<int64_t>(2 * ones.size(), 0));
  window.output.assign(output.begin() + 2, output.end());
  return window;
}

// The samples of one picture: for each convolution rows of all its groups' inputs.
using Samples = std::map<size_t, std::vector<float>>;

// Output places spread over the picture by the golden ratio, the same for every picture.
std::vector<int64_t> SamplePlaces(int64_t count) {
  constexpr double kGolden = 0.6180339887498949;
  std::vector<int64_t> places;
  if (count <= static_cast<int64_t>(kSamplesByPicture)) {
    for (int64_t i = 0; i < count; ++i) places.push_back(i);
    return places;
  }
  for (size_t i = 1; i <= kSamplesByPicture; ++i) {
    const double turn = static_cast<double>(i) * kGolden;
    places.push_back(static_cast<int64_t>((turn - std::floor(turn)) * static_cast<double>(count)));
  }
  return places;
}

// One element along each spatial axis of the window, or -1 where it lies in the padding.
int64_t InputOffset(const Window& window, const graph::Shape& shape, int64_t place, int64_t tap) {
  int64_t offset = 0;
  int64_t stride = 1;
  for (size_t i = window.kernel.size(); i-- > 0;) {
    const int64_t at =
        place % window.output[i] * window.strides[i] - window.pads[i] + tap % window.kernel[i] * window.dilations[i];
    place /= window.output[i];
    tap /= window.kernel[i];
    if (at < 0 || at >= shape[i + 2]) return -1;
    offset += at * stride;
    stride *= shape[i + 2];
  }
  return offset;
}

void TakeSamples(const Window& window, const graph::Shape& shape, const float* data, std::vector<float>& rows) {
  const int64_t taps = graph::ElementCount(window.kernel);
  const int64_t plane = graph::ElementCount({shape.begin() + 2, shape.end()});
  for (int64_t batch = 0; batch < shape[0]; ++batch) {
    const float* picture = data + batch * shape[1] * plane;
    for (const int64_t place : SamplePlaces(graph::ElementCount(window.output))) {
      for (int64_t channel = 0; channel < shape[1]; ++channel) {
        for (int64_t tap = 0; tap < taps; ++tap) {
          const int64_t offset = InputOffset(window, shape, place, tap);
          rows.push_back(offset < 0 ? 0.0F : picture[channel * plane + offset]);
        }
      }
    }
  }
}

// Adds x x^T of all rows; of a matrix only what is on and behind the diagonal.
void AddProducts(const float* rows, size_t count, size_t row_stride, GroupMoments& moments, int threads) {
  const size_t size = moments.size;
#pragma omp parallel for num_threads(threads) schedule(static, 8) if (size >= 32)
  for (size_t i = 0; i < size; ++i) {
    float* products = moments.products.data() + i * size;
    size_t row = 0;
    for (; row + 4 <= count; row += 4) {
      const float* x = rows + row * row_stride;
      const float* y = x + row_stride;
      const float* z = y + row_stride;
      const float* w = z + row_stride;
      const float a = x[i], b = y[i], c = z[i], d = w[i];
      for (size_t j = i; j < size; ++j) products[j] += (a * x[j] + b * y[j]) + (c * z[j] + d * w[j]);
    }
    for (; row < count; ++row) {
      const float* x = rows + row * row_stride;
      for (size_t j = i; j < size; ++j) products[j] += x[i] * x[j];
    }
    for (row = 0; row < count; ++row) moments.sums[i] += rows[row * row_stride + i];
  }
}

void Mirror(GroupMoments& moments) {
  for (size_t i = 0; i < moments.size; ++i) {
    for (size_t j = 0; j < i; ++j) moments.products[i * moments.size + j] = moments.products[j * moments.size + i];
  }
}

}  // namespace

MomentsResult ObserveMoments(const QuantizedGraph& quantized, CalibrationSource& source, int threads) {
  const graph::Graph& graph = quantized.graph;
  MomentsResult result;
  std::map<graph::TensorId, std::vector<Window>> windows;  // by what they read
  std::set<graph::TensorId> wanted;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (node.op != "Conv" || quantized.weights.count({node.name, 1}) == 0) continue;
    const Window window = WindowOf(graph, i);
    if (window.size() > kMostWeights) {
      result.left_out.push_back(node.name);
      continue;
    }
    windows[node.inputs[0]].push_back(window);
    wanted.insert(node.inputs[0]);
    LayerMoments& moments = result.moments[node.name];
    moments.groups.resize(static_cast<size_t>(window.groups));
    for (GroupMoments& group : moments.groups) {
      group.size = window.size();
      group.products.assign(group.size * group.size, 0.0F);
      group.sums.assign(group.size, 0.0);
    }
  }
  if (wanted.empty()) return result;
  const auto look = [&](graph::TensorId id, const graph::Shape& shape, const float* data, Samples& samples) {
    for (const Window& window : windows.at(id)) TakeSamples(window, shape, data, samples[window.node]);
  };
  const auto take = [&](const Samples& samples) {
    for (const auto& [node, rows] : samples) {
      LayerMoments& moments = result.moments.at(graph.nodes[node].name);
      const size_t size = moments.groups[0].size;
      const size_t row_stride = size * moments.groups.size();
      const size_t count = rows.size() / row_stride;
      moments.samples += static_cast<double>(count);
      for (size_t group = 0; group < moments.groups.size(); ++group) {
        AddProducts(rows.data() + group * size, count, row_stride, moments.groups[group], threads);
      }
    }
  };
  ForEachPicture<Samples>(graph, wanted, source, threads, look, take);
  for (auto& [node, moments] : result.moments) {
    for (GroupMoments& group : moments.groups) Mirror(group);
  }
  return result;
}

}  // namespace lockstep::quantize
