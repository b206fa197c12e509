#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

const Damage kMaxPoolDamages[] = {
    {"RowOfAWindow",  // times its rows it is 2^64
     [](ModelT& m) {
       NetworkBuilder net(9);
       net.Output(net.MaxPool(net.Input({1, 1, 1, 1 << 24}), 1, 1, 0));
       m = net.Finish();
       auto& pool = *FirstOptions<joint::MaxPoolT>(m);
       pool.kernel_h = 1 << 16;
       pool.pad_top = (1 << 16) - 1;
       pool.kernel_w = 1 << 24;
       pool.pad_left = (1 << 24) - 1;
     },
     "the rows of one window"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::MaxPoolT>(m)); }, "must have the same batch"},
    {"Kernel", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->kernel_h = 0; }, "kernel_h"},
    {"KernelHuge", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->kernel_w = INT32_MAX; }, "kernel_w"},
    {"Pad", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->pad_right = 5; }, "pad_right"},
    {"Stride", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->stride_h = 2; }, "height"},
    {"Scale", [](ModelT& m) { OutputOf<joint::MaxPoolT>(m).quantization->scale[0] *= 2; }, "quantization"},
    {"Bits",
     [](ModelT& m) {
       InputOf<joint::MaxPoolT>(m).quantization->zero_point = {0};
       Narrow(OutputOf<joint::MaxPoolT>(m), 7);
     },
     "quantization.bits"},
};

const Damage kFloatMaxPoolDamages[] = {
    {"Padding", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->pad_top = 5; }, "pad_top"},
};

INSTANTIATE_TEST_SUITE_P(MaxPool, ModelDamage, testing::ValuesIn(kMaxPoolDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(MaxPool, FloatDamage, testing::ValuesIn(kFloatMaxPoolDamages), DamageName);

}  // namespace
}  // namespace lockstep::test
