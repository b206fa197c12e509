#include "core/row_group.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "check/row_layer.h"
#include "ops/operator_table.h"

namespace lockstep {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint64_t kWindowBytes = 96 << 10;  // of all windows of a thread, where a row at a time leaves a choice

uint64_t Aligned(uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Bytes from one row of an image to the next.
int64_t RowBytes(const kernels::TensorView& image) {
  return image.shape[2] * image.pitch * joint::ElementBytes(image.dtype);
}

// Windows begin at another row than 0, so this may be in front of all memory there is; only rows within are used.
uint8_t* Moved(uint8_t* address, int64_t bytes) {
  return reinterpret_cast<uint8_t*>(reinterpret_cast<uintptr_t>(address) + static_cast<uintptr_t>(bytes));
}

void SetRows(kernels::TensorView* image, int32_t* shape, int64_t rows) {
  std::copy_n(image->shape, image->rank, shape);
  image->elements = image->elements / shape[1] * rows;
  image->bytes = image->bytes / static_cast<uint64_t>(shape[1]) * static_cast<uint64_t>(rows);
  shape[1] = static_cast<int32_t>(rows);
  image->shape = shape;
}

}  // namespace

// A 1x1 convolution as one of an image of so many rows.
kernels::LayerArgs RowGroup::ImageOf(const Stage& stage, int64_t rows, kernels::TensorView* inputs,
                                     kernels::TensorView* output, int32_t* in_shape, int32_t* out_shape) {
  kernels::LayerArgs args = *stage.layer;
  std::copy_n(stage.layer->inputs, stage.layer->input_count, inputs);
  *output = stage.layer->outputs[0];
  if (stage.pointwise) {
    SetRows(&inputs[0], in_shape, rows);
    SetRows(output, out_shape, rows);
  }
  args.inputs = inputs;
  args.outputs = output;
  args.kernel = stage.kernel;
  args.by_rows = true;
  return args;
}

void RowGroup::PlanStage(Stage& stage, IsaSet isa) {
  const kernels::OperatorRun& op = kernels::OperatorOf(stage.layer->layer->options_type());
  kernels::TensorView inputs[kMostInputs];
  kernels::TensorView output;
  int32_t in_shape[4];
  int32_t out_shape[4];
  stage.kernel = stage.layer->kernel;
  if (!stage.pointwise) {
    const int64_t rows = stage.layer->outputs[0].shape[1];
    const kernels::Prepared prepared = op.prepare(ImageOf(stage, rows, inputs, &output, in_shape, out_shape));
    assert(prepared.units == rows);
    kernel_scratch_ = std::max(kernel_scratch_, prepared.scratch_bytes);
    return;
  }
  // What one row and the most rows suit is taken, or the portable kernel, which takes everything.
  stage.kernel = kernels::SelectKernel(ImageOf(stage, 1, inputs, &output, in_shape, out_shape), isa);
  const kernels::LayerArgs most = ImageOf(stage, kMostRows, inputs, &output, in_shape, out_shape);
  if (stage.kernel->accepts != nullptr && !stage.kernel->accepts(most)) {
    stage.kernel = kernels::SelectKernel(most, IsaBit(Isa::kPortable));
  }
  for (int32_t rows = 1; rows <= kMostRows; ++rows) {
    const kernels::Prepared prepared = op.prepare(ImageOf(stage, rows, inputs, &output, in_shape, out_shape));
    stage.units[rows] = prepared.units;
    kernel_scratch_ = std::max(kernel_scratch_, prepared.scratch_bytes);
  }
}

// Returns the end of the windows.
uint64_t RowGroup::PlaceWindows(int32_t rows) {
  uint64_t end = Aligned(kernel_scratch_);
  int64_t most = rows;
  for (int32_t i = count_ - 1; i > 0; --i) {
    const joint::RowWindow& window = stages_[i].window;
    Stage& before = stages_[i - 1];
    most = (most - 1) * window.stride_h + int64_t{window.kernel_h - 1} * window.dilation_h + 1;
    before.most_rows = std::min<int64_t>(most, stages_[i].in_h);
    before.window_offset = end;
    // Kernels may read, never write, so far behind a tensor.
    end += Aligned(static_cast<uint64_t>(before.most_rows * before.row_bytes)) + kAlignment;
  }
  return end;
}

void RowGroup::Plan(const joint::Model& model, const kernels::LayerArgs* const* layers, int32_t count, IsaSet isa) {
  count_ = count;
  for (int32_t i = 0; i < count; ++i) {
    Stage& stage = stages_[i];
    stage.layer = layers[i];
    RunsByRows(model, *layers[i]->layer, &stage.window);
    stage.pointwise = layers[i]->layer->options_type() == joint::Options::Conv;
    stage.in_h = layers[i]->inputs[0].shape[1];
    stage.row_bytes = RowBytes(layers[i]->outputs[0]);
    PlanStage(stage, isa);
  }
  rows_at_a_time_ = kMostRows;
  while (rows_at_a_time_ > 1 && PlaceWindows(rows_at_a_time_) - kernel_scratch_ > kWindowBytes) --rows_at_a_time_;
  scratch_bytes_ = PlaceWindows(rows_at_a_time_);
}

int64_t RowGroup::rows() const { return stages_[count_ - 1].layer->outputs[0].shape[1]; }

void RowGroup::RunStage(const Stage& stage, joint::RowRange rows, const Rows& from, const Rows& to, uint8_t* scratch) {
  kernels::TensorView inputs[kMostInputs];
  kernels::TensorView output;
  int32_t in_shape[4];
  int32_t out_shape[4];
  if (!stage.pointwise) {
    const kernels::LayerArgs args = ImageOf(stage, rows.end, inputs, &output, in_shape, out_shape);
    inputs[0].data = from.origin;
    output.data = to.origin;
    return stage.kernel->run(args, rows.begin, rows.end, scratch);
  }
  for (int64_t row = rows.begin; row < rows.end; row += kMostRows) {
    const int64_t count = std::min<int64_t>(rows.end - row, kMostRows);
    const kernels::LayerArgs args = ImageOf(stage, count, inputs, &output, in_shape, out_shape);
    inputs[0].data = Moved(from.origin, row * from.row_bytes);
    output.data = Moved(to.origin, row * to.row_bytes);
    stage.kernel->run(args, 0, stage.units[count], scratch);
  }
}

void RowGroup::Run(int64_t begin, int64_t end, uint8_t* scratch) const {
  joint::RowRange held[joint::kMostRowGroupLayers] = {};  // rows of each layer's output that are in its window
  const kernels::TensorView& x = stages_[0].layer->inputs[0];
  const kernels::TensorView& y = stages_[count_ - 1].layer->outputs[0];
  for (int64_t row = begin; row < end; row += rows_at_a_time_) {
    // What is new of each layer's output, from the last to the first.
    joint::RowRange fresh[joint::kMostRowGroupLayers];
    fresh[count_ - 1] = {row, std::min<int64_t>(row + rows_at_a_time_, end)};
    for (int32_t i = count_ - 1; i > 0; --i) {
      const joint::RowRange read = joint::RowsRead(stages_[i].window, fresh[i], stages_[i].in_h);
      joint::RowRange& window = held[i - 1];
      uint8_t* memory = scratch + stages_[i - 1].window_offset;
      const int64_t row_bytes = stages_[i - 1].row_bytes;
      const int64_t kept = std::max<int64_t>(window.end - read.begin, 0);
      if (kept > 0) {
        std::memmove(memory, memory + (read.begin - window.begin) * row_bytes, static_cast<size_t>(kept * row_bytes));
      }
      fresh[i - 1] = {read.begin + kept, std::max(read.end, read.begin + kept)};
      window = {read.begin, fresh[i - 1].end};
    }
    Rows from = {x.data, RowBytes(x)};
    for (int32_t i = 0; i < count_; ++i) {
      const Stage& stage = stages_[i];
      const bool last = i == count_ - 1;
      const Rows to =
          last ? Rows{y.data, RowBytes(y)}
               : Rows{Moved(scratch + stage.window_offset, -held[i].begin * stage.row_bytes), stage.row_bytes};
      if (fresh[i].begin < fresh[i].end) RunStage(stage, fresh[i], from, to, scratch);
      from = to;
    }
  }
}

}  // namespace lockstep
