// Add, Mul and PRelu for kernels of an instruction set: runs of elements that lie side by side, or are one element for
// all of a run, and constants without a layer.
#pragma once

#include "joint_elements.h"
#include "ops/common/binary_elements.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {

struct BinaryRun {
  const uint8_t* a;
  const uint8_t* b;
  uint8_t* y;
  int64_t count;
  int64_t rows;                    // so many of them
  int64_t step_a, step_b, step_y;  // bytes from one to the next
  bool same_a, same_b;             // one element for all
  bool wide_a, wide_b, wide_y;     // u16
};

struct AddConstants {
  int32_t zero_a, zero_b;
  int32_t multiplier_a, multiplier_b, shift;
  int32_t zero_point, low, high;
};

struct MulConstants {
  int32_t zero_a, zero_b;
  int32_t multiplier, shift;
  int32_t zero_point, low, high;
};

// b are slopes, s8 or s16.
struct PReluConstants {
  int32_t zero_a;
  int32_t multiplier, shift, slope_multiplier, slope_shift;
  int32_t zero_point, low, high;
};

inline AddConstants AddConstantsOf(const LayerArgs& args) {
  const joint::Add& add = *args.layer->options_as_Add();
  return {args.inputs[0].zero_point,  args.inputs[1].zero_point, add.multiplier_a(), add.multiplier_b(), add.shift(),
          args.outputs[0].zero_point, add.clamp_low(),           add.clamp_high()};
}

inline MulConstants MulConstantsOf(const LayerArgs& args) {
  const joint::Mul& mul = *args.layer->options_as_Mul();
  return {args.inputs[0].zero_point,  args.inputs[1].zero_point, mul.multiplier(), mul.shift(),
          args.outputs[0].zero_point, mul.clamp_low(),           mul.clamp_high()};
}

inline PReluConstants PReluConstantsOf(const LayerArgs& args) {
  const joint::PRelu& prelu = *args.layer->options_as_PRelu();
  return {args.inputs[0].zero_point, prelu.multiplier(),         prelu.shift(),     prelu.slope_multiplier(),
          prelu.slope_shift(),       args.outputs[0].zero_point, prelu.clamp_low(), prelu.clamp_high()};
}

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
void AddRun512(const AddConstants& constants, const BinaryRun& run);
void MulRun512(const MulConstants& constants, const BinaryRun& run);
void MulWideRun512(const MulConstants& constants, const BinaryRun& run);  // a shift of kLongShift or more
void PReluRun512(const PReluConstants& constants, const BinaryRun& run);
void AddRunAvx2(const AddConstants& constants, const BinaryRun& run);  // of bytes, none of which is one for all
void AddRunNeon(const AddConstants& constants, const BinaryRun& run);
void MulRunNeon(const MulConstants& constants, const BinaryRun& run);
void PReluRunNeon(const PReluConstants& constants, const BinaryRun& run);
void AddRunMsa(const AddConstants& constants, const BinaryRun& run);
void MulRunMsa(const MulConstants& constants, const BinaryRun& run);
void PReluRunMsa(const PReluConstants& constants, const BinaryRun& run);

// For layers that HasPlainRuns.
template <typename Constants>
void ForEachBinaryRun(const LayerArgs& args, int64_t begin, int64_t end, const Constants& constants,
                      void (*visit)(const Constants&, const BinaryRun&)) {
  const StridedWalk walk = BroadcastWalk(args);
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t size_a = ElementBytes(args.inputs[0].dtype);
  const int64_t size_b = ElementBytes(args.inputs[1].dtype);
  const int64_t size_y = ElementBytes(args.outputs[0].dtype);
  BinaryRun run{};
  run.same_a = walk.stride[0][walk.rank - 1] == 0;
  run.same_b = walk.stride[1][walk.rank - 1] == 0;
  run.wide_a = size_a == 2;
  run.wide_b = size_b == 2;
  run.wide_y = size_y == 2;
  // Runs that are alike and evenly apart are visited together.
  ForEachRun(walk, range.first, range.last, [&](int64_t place, int64_t first_a, int64_t first_b, int64_t count) {
    const uint8_t* a = args.inputs[0].data + first_a * size_a;
    const uint8_t* b = args.inputs[1].data + first_b * size_b;
    uint8_t* y = args.outputs[0].data + place * size_y;
    if (run.rows == 1 && count == run.count) {
      run.step_a = a - run.a;
      run.step_b = b - run.b;
      run.step_y = y - run.y;
    }
    if (run.rows > 0 && count == run.count && a == run.a + run.rows * run.step_a &&
        b == run.b + run.rows * run.step_b && y == run.y + run.rows * run.step_y) {
      ++run.rows;
      return;
    }
    if (run.rows > 0) visit(constants, run);
    run.a = a;
    run.b = b;
    run.y = y;
    run.count = count;
    run.rows = 1;
  });
  if (run.rows > 0) visit(constants, run);
}

}  // namespace lockstep::kernels
