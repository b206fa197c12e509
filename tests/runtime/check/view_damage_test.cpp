// Tensors within others' memory: what lies elsewhere than a layer says is refused, and so are strides that nobody
// reads.
#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

// In ViewNetwork: a convolution's output whose halves are the first two inputs of the first Concat, which is dense.
joint::LayerT& FirstConcat(ModelT& m) { return *FirstLayer<joint::ConcatT>(m); }
joint::TensorT& Whole(ModelT& m) { return *m.tensors[FirstConcat(m).outputs[0]]; }
joint::TensorT& Part(ModelT& m, size_t i) { return *m.tensors[FirstConcat(m).inputs[i]]; }
joint::TensorT& Stem(ModelT& m) { return InputOf<joint::SliceT>(m); }

void MoveOut(ModelT& m, joint::TensorT& tensor) {
  tensor.arena_offset = static_cast<int64_t>(m.arena_size);
  m.arena_size += Whole(m).bytes;
}

const Damage kStrideDamages[] = {
    {"Length", [](ModelT& m) { Stem(m).strides.pop_back(); }, "strides: not one entry per axis"},
    {"LastAxis", [](ModelT& m) { Stem(m).strides[3] = 2; }, "strides: the elements of a row do not lie side by side"},
    {"Uneven", [](ModelT& m) { Stem(m).strides[1] += 1; }, "strides: rows are not evenly apart"},
    {"Batch", [](ModelT& m) { Stem(m).strides[0] -= 1; }, "strides: rows are not evenly apart"},
    {"Overlapping",
     [](ModelT& m) {
       Stem(m).strides = {6 * 8 * 19, 8 * 19, 19, 1};
     },
     "strides: rows are less far apart than they are long"},
    {"Negative", [](ModelT& m) { Stem(m).strides[2] = -200; }, "strides: rows are less far apart"},
    {"Constant", [](ModelT& m) { ConvWeights(m).strides.assign(4, 1); }, "strides: a constant has none"},
    {"OneAxis",
     [](ModelT& m) {
       Stem(m).shape = {960};
       Stem(m).axes.clear();
       Stem(m).strides = {1};
     },
     "strides: a tensor of one axis has none"},
    {"LeavesTheArena", [](ModelT& m) { Stem(m).arena_offset = static_cast<int64_t>(m.arena_size - Stem(m).bytes); },
     "arena_offset: the tensor leaves the arena"},
    {"OfAnInput",
     [](ModelT& m) {
       FirstInput(m).strides = {6 * 8 * 4, 8 * 4, 4, 1};
     },
     "inputs[0].tensor: 0 has strides"},
    {"OfAnOutput", [](ModelT& m) { m.outputs.back()->tensor = FirstLayer<joint::UnaryT>(m)->outputs[0]; },
     "has strides"},
};

const Damage kPartDamages[] = {
    {"PartElsewhere", [](ModelT& m) { Part(m, 2).arena_offset += 1; }, "strides: it is no part of a tensor"},
    {"PartOutside", [](ModelT& m) { MoveOut(m, Part(m, 2)); }, "strides: it is no part of a tensor"},
    {"PartWithAnotherPitch",
     [](ModelT& m) {
       Part(m, 2).strides = {6 * 8 * 100, 8 * 100, 100, 1};
     },
     "strides: it is no part of a tensor"},
    {"PartSideBySide", [](ModelT& m) { Part(m, 2).strides.clear(); }, "overlaps tensor"},
    {"PartIsRescaled",
     [](ModelT& m) {
       FirstOptions<joint::ConcatT>(m)->multiplier[2] = 1 << 30;
       FirstOptions<joint::ConcatT>(m)->shift[2] = 1;
     },
     "strides: it is no part of a tensor"},
    {"SliceElsewhere", [](ModelT& m) { Part(m, 0).arena_offset += 1; }, "strides: it is no part of a tensor"},
    {"SliceOfOtherElements", [](ModelT& m) { FirstOptions<joint::SliceT>(m)->start[3] = 1; }, "no part of a tensor"},
    // Half of the convolution's output would be written where another part is.
    {"SplitInAnotherOrder",
     [](ModelT& m) {
       joint::LayerT& concat = FirstConcat(m);
       std::swap(concat.inputs[0], concat.inputs[1]);
       Part(m, 0).arena_offset = Whole(m).arena_offset;
       Part(m, 1).arena_offset = Whole(m).arena_offset + 11;
     },
     "no part of a tensor"},
};

const Damage kOperatorDamages[] = {
    {"ReadsNone",
     [](ModelT& m) {
       joint::LayerT& reshape = *FirstLayer<joint::ReshapeT>(m);
       joint::TensorT& x = *m.tensors[reshape.inputs[0]];
       x.strides = {6 * 8 * 20, 8 * 20, 20, 1};
     },
     "this operator does not"},
    {"WritesNone",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::TopKT>(m);
       y.strides = {4 * 20, 20, 1};
     },
     "outputs[0]: this operator does not write a strided tensor"},
    {"ReadsNoStridedConstantPlace",
     [](ModelT& m) {
       joint::TensorT& x = InputOf<joint::TopKT>(m);
       x.strides = {10 * 20, 20, 1};
     },
     "inputs[0]: this operator does not read a strided tensor there"},
};

INSTANTIATE_TEST_SUITE_P(Strides, ViewDamage, testing::ValuesIn(kStrideDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Parts, ViewDamage, testing::ValuesIn(kPartDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Operators, ViewDamage, testing::ValuesIn(kOperatorDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
