// Layers that run together, a few output rows of the last one at a time.
//
// A tensor between two of them is a window of rows in scratch memory, each thread's own. It moves down: rows that are
// no longer read go, those that a depthwise window reads again stay, new ones are computed behind them. The bytes of
// every row are those of a run layer by layer, for kernels compute a row from the same rows of the input.
#pragma once

#include <cstddef>
#include <cstdint>

#include "joint_rows.h"
#include "lockstep/cpu.h"
#include "ops/operator.h"

namespace lockstep {

class RowGroup {
 public:
  // `layers` are those of a checked group, with their state; tensors between them have no address.
  void Plan(const joint::Model& model, const kernels::LayerArgs* const* layers, int32_t count, IsaSet isa);

  int64_t rows() const;  // of the last layer's output
  uint64_t scratch_bytes() const { return scratch_bytes_; }

  // Computes the rows [begin, end) of the last layer's output.
  void Run(int64_t begin, int64_t end, uint8_t* scratch) const;

 private:
  static constexpr int32_t kMostRows = 8;  // of the last layer at a time
  static constexpr int32_t kMostInputs = 2;

  struct Stage {
    const kernels::LayerArgs* layer = nullptr;
    const kernels::Kernel* kernel = nullptr;
    joint::RowWindow window;
    bool pointwise = false;
    int64_t in_h = 0;
    int64_t units[kMostRows + 1] = {};  // of an image of so many rows, for a 1x1 convolution
    int64_t row_bytes = 0;              // of its output between layers
    int64_t most_rows = 0;              // of its output at a time
    uint64_t window_offset = 0;         // in scratch
  };

  // Where row 0 of a tensor would be, whose rows are so many bytes apart.
  struct Rows {
    uint8_t* origin;
    int64_t row_bytes;
  };

  void PlanStage(Stage& stage, IsaSet isa);
  uint64_t PlaceWindows(int32_t rows);
  static kernels::LayerArgs ImageOf(const Stage& stage, int64_t rows, kernels::TensorView* inputs,
                                    kernels::TensorView* output, int32_t* in_shape, int32_t* out_shape);
  static void RunStage(const Stage& stage, joint::RowRange rows, const Rows& from, const Rows& to, uint8_t* scratch);

  Stage stages_[joint::kMostRowGroupLayers];
  int32_t count_ = 0;
  int32_t rows_at_a_time_ = 1;
  uint64_t kernel_scratch_ = 0;
  uint64_t scratch_bytes_ = 0;
};

}  // namespace lockstep
