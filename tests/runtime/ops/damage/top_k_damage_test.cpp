#include <algorithm>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::TensorT& IndicesOf(ModelT& m) { return *m.tensors[FirstLayer<joint::TopKT>(m)->outputs[1]]; }

const Damage kTopKDamages[] = {
    {"Axis", [](ModelT& m) { FirstOptions<joint::TopKT>(m)->axis = 3; }, "axis is 3, must be 0..2"},
    {"OtherAxis", [](ModelT& m) { FirstOptions<joint::TopKT>(m)->axis = 2; }, "shape: input and output may differ"},
    {"NoIndices", [](ModelT& m) { FirstLayer<joint::TopKT>(m)->outputs.pop_back(); }, "number of outputs is 1"},
    {"TwoInputs",
     [](ModelT& m) {
       auto& inputs = FirstLayer<joint::TopKT>(m)->inputs;
       inputs.push_back(inputs[0]);
     },
     "number of inputs is 2"},
    {"OfWeights",
     [](ModelT& m) {
       const auto plain = [](const auto& t) {
         return t->dtype == joint::DType::S8 && t->packing == joint::Packing::Plain;
       };
       const auto weights = std::find_if(m.tensors.begin(), m.tensors.end(), plain);
       FirstLayer<joint::TopKT>(m)->inputs[0] = static_cast<int>(weights - m.tensors.begin());
     },
     "input: must be of dtype"},
    {"IndicesType",
     [](ModelT& m) {
       IndicesOf(m).dtype = joint::DType::F32;
       IndicesOf(m).bytes /= 2;
     },
     "outputs[1]: the indices must be of dtype s64"},
    {"IndicesShape",
     [](ModelT& m) {
       IndicesOf(m).shape = {5, 1, 8};
     },
     "shape: input and output must have the same"},
    {"Scale", [](ModelT& m) { OutputOf<joint::TopKT>(m).quantization->scale[0] *= 2; }, "same scale and zero point"},
    {"TooMany",
     [](ModelT& m) {
       IndicesOf(m).shape = OutputOf<joint::TopKT>(m).shape = {5, 1, 8};
       FirstOptions<joint::TopKT>(m)->axis = 0;
     },
     "shape: more elements are taken than the axis has"},
    {"Rank",
     [](ModelT& m) {
       IndicesOf(m).shape = OutputOf<joint::TopKT>(m).shape = {5, 8};
     },
     "shape: input and output must have the same number of axes"},
};

INSTANTIATE_TEST_SUITE_P(TopK, ModelDamage, testing::ValuesIn(kTopKDamages), DamageName);

TEST(TopK, IsBoundByItsWork) {
  NetworkBuilder net(4);
  net.Output(net.TopK(net.Input({2, 8}), 1, 3, true));
  ExpectWork(net.Finish(), 6 + 6 + 16 * 32);
}

}  // namespace
}  // namespace lockstep::test
