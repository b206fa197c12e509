// Layers that read images at other places than their pixels, of integers and of floats.
#include <algorithm>
#include <utility>

#include "joint_elements.h"
#include "support/joint_models.h"
#include "support/joint_models_shapes.h"

namespace lockstep::test {

int NetworkBuilder::Resize(int x, int height, int width) {
  const std::vector<int> in = shape(x);
  joint::ResizeT options;
  for (int i = 0; i < height; ++i) options.rows.push_back(i * in[1] / height);
  for (int i = 0; i < width; ++i) options.columns.push_back(i * in[2] / width);
  return AddLayer(std::move(options), {x}, Like(x, {in[0], height, width, in[3]}));
}

std::vector<int> NetworkBuilder::Neighbours(int extent, int count, int taps, int bits, std::vector<int>* weights) {
  taps = std::min(taps, extent);
  std::vector<int> first;
  for (int i = 0; i < count; ++i) {
    first.push_back(std::min(i * extent / count, extent - taps));
    int rest = 1 << bits;
    for (int tap = 1; tap < taps; ++tap) {
      weights->push_back(Random(-(1 << bits) / 8, (1 << bits) / 2));
      rest -= weights->back();
    }
    weights->push_back(rest);
  }
  return first;
}

int NetworkBuilder::Interpolate(int x, int height, int width, int taps, joint::DType dtype) {
  const std::vector<int> in = shape(x);
  const int bytes = ElementBytes(model_.tensors[x]->dtype);
  const int bits = bytes == 1 ? 9 : 16;
  joint::InterpolateT options;
  options.rows = Neighbours(in[1], height, taps, bits, &options.row_weights);
  options.columns = Neighbours(in[2], width, taps, bits, &options.column_weights);
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = 2 * bits + 8 * (bytes - ElementBytes(dtype));
  options.clamp_high = High(dtype);
  return AddLayer(std::move(options), {x}, Activation({in[0], height, width, in[3]}, dtype));
}

joint::GridSampleT NetworkBuilder::RandomSampling() {
  joint::GridSampleT options;
  options.nearest = Random(0, 2) == 0;
  options.padding = static_cast<joint::GridPadding>(Random(0, 2));
  options.align_corners = Random(0, 1) == 1;
  return options;
}

int NetworkBuilder::Grid(const std::vector<int>& shape, joint::DType dtype) {
  const int grid = AddTensor(shape, dtype, 0.01F, High(dtype) / 2);
  std::vector<uint8_t> bytes(model_.tensors[grid]->bytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Random(0, 255));
  return StoreConstant(grid, std::move(bytes));
}

int NetworkBuilder::GridSample(int x, int grid, joint::GridSampleT options, joint::DType dtype) {
  const std::vector<int> in = shape(x);
  const std::vector<int> places = shape(grid);
  const int bytes = ElementBytes(model_.tensors[x]->dtype);
  const int fraction = !options.nearest && bytes == 1 ? 11 : 19;
  const auto spread = [&](int size, int* multiplier, int* shift) {
    *multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
    *shift = 8 * ElementBytes(model_.tensors[grid]->dtype) - fraction;
    for (int rest = size; rest > 1; rest /= 2) --*shift;
  };
  spread(in[2], &options.column_multiplier, &options.column_shift);
  spread(in[1], &options.row_multiplier, &options.row_shift);
  options.multiplier = (1 << 30) + Random(0, (1 << 30) - 1);
  options.shift = (options.nearest ? 0 : 2 * fraction) + 8 * (bytes - ElementBytes(dtype));
  options.clamp_high = High(dtype);
  return AddLayer(std::move(options), {x, grid}, Activation({in[0], places[1], places[2], in[3]}, dtype));
}

int NetworkBuilder::FloatInterpolate(int x, int height, int width, int taps) {
  const std::vector<int> in = shape(x);
  constexpr int kBits = 10;
  joint::InterpolateT options;
  std::vector<int> rows;
  std::vector<int> columns;
  options.rows = Neighbours(in[1], height, taps, kBits, &rows);
  options.columns = Neighbours(in[2], width, taps, kBits, &columns);
  for (const int weight : rows) options.float_row_weights.push_back(static_cast<float>(weight) / 1024.0F);
  for (const int weight : columns) options.float_column_weights.push_back(static_cast<float>(weight) / 1024.0F);
  return AddLayer(std::move(options), {x}, AddTensor({in[0], height, width, in[3]}, joint::DType::F32, 1.0F, 0));
}

int NetworkBuilder::FloatGridSample(int x, int grid, joint::GridSampleT options) {
  const std::vector<int> in = shape(x);
  const std::vector<int> places = shape(grid);
  const int y = AddTensor({in[0], places[1], places[2], in[3]}, joint::DType::F32, 1.0F, 0);
  return AddLayer(std::move(options), {x, grid}, y);
}

}  // namespace lockstep::test
