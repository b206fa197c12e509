// What the reference engine takes for granted of tensors, indices and the order of layers, checked once; what an
// operator adds is its own (layers.h).
#include <cstdint>
#include <string>
#include <vector>

#include "engine/reference/fits.h"
#include "engine/reference/joint_file.h"
#include "engine/reference/layer_table.h"
#include "engine/reference/tensor_values.h"
#include "graph/error.h"

namespace lockstep::engine {
namespace {

constexpr int kMaxRank = 6;
constexpr int64_t kMaxElements = int64_t{1} << 31;

class StructureCheck {
 public:
  explicit StructureCheck(const joint::Model& model) : model_(model), tensors_(*model.tensors()) {}

  void Run() {
    for (uint32_t i = 0; i < tensors_.size(); ++i) CheckTensor(*tensors_.Get(i));
    defined_.assign(tensors_.size(), false);
    for (uint32_t i = 0; i < tensors_.size(); ++i) defined_[i] = tensors_.Get(i)->constant() >= 0;
    for (const joint::InputSpec* input : *model_.inputs()) Define(input->tensor(), "inputs");
    for (const joint::Layer* layer : *model_.layers()) CheckLayer(*layer);
    for (const joint::OutputSpec* output : *model_.outputs()) Use(output->tensor(), "outputs");
  }

 private:
  [[noreturn]] static void Fail(const std::string& where, const std::string& what) {
    throw BadInput("joint model: " + where + ": " + what + "; build the model again");
  }

  void CheckTensor(const joint::Tensor& tensor) const {
    const std::string where = "tensor '" + tensor.name()->str() + "'";
    if (tensor.dtype() > joint::DType::F32) Fail(where, "unknown dtype");
    if (tensor.shape()->size() < 1 || tensor.shape()->size() > kMaxRank) Fail(where, "rank outside 1..6");
    int64_t elements = 1;
    for (const int32_t extent : *tensor.shape()) {
      if (extent < 1 || elements > kMaxElements / extent) Fail(where, "bad shape");
      elements *= extent;
    }
    const bool packed = tensor.packing() != joint::Packing::Plain;
    const auto plain_bytes = static_cast<uint64_t>(elements) * ElementSize(tensor.dtype());
    if (packed ? tensor.bytes() < plain_bytes : tensor.bytes() != plain_bytes)
      Fail(where, "bytes do not match the shape");
    if (tensor.constant() >= 0) {
      if (static_cast<uint32_t>(tensor.constant()) >= model_.constants()->size()) Fail(where, "constant out of range");
      if (model_.constants()->Get(tensor.constant())->data()->size() != tensor.bytes()) {
        Fail(where, "the constant has another size");
      }
    }
    const joint::Quantization* quantization = tensor.quantization();
    if (quantization != nullptr) {
      if (!IsActivation(tensor.dtype())) return;
      if (quantization->scale() == nullptr || quantization->zero_point() == nullptr ||
          quantization->scale()->size() == 0 || quantization->scale()->size() != quantization->zero_point()->size()) {
        Fail(where, "quantization.scale and zero_point do not fit");
      }
    } else if (IsActivation(tensor.dtype()) && tensor.constant() < 0) {
      Fail(where, "quantization is missing");
    }
  }

  const joint::Tensor& Tensor(int32_t index, const std::string& where) const {
    if (index < 0 || static_cast<uint32_t>(index) >= tensors_.size()) Fail(where, "tensor index out of range");
    return *tensors_.Get(index);
  }

  void Define(int32_t index, const std::string& where) {
    Tensor(index, where);
    if (defined_[index]) Fail(where, "a tensor is written twice");
    defined_[index] = true;
  }

  void Use(int32_t index, const std::string& where) const {
    Tensor(index, where);
    if (!defined_[index]) Fail(where, "a tensor is read before it is written");
  }

  void CheckLayer(const joint::Layer& layer) {
    const std::string where = "layer '" + layer.name()->str() + "'";
    const joint::Options op = layer.options_type();
    if (op == joint::Options::NONE || op > joint::Options::MAX) Fail(where, "unknown operator; upgrade lockstep");
    for (const int32_t index : *layer.inputs()) Use(index, where);
    for (const int32_t index : *layer.outputs()) Define(index, where);
    if (!OperatorOf(op).fits(DescribeRun(model_, layer))) Fail(where, "shapes, types or options do not fit together");
  }

  const joint::Model& model_;
  const flatbuffers::Vector<flatbuffers::Offset<joint::Tensor>>& tensors_;
  std::vector<bool> defined_;
};

}  // namespace

void CheckStructure(const joint::Model& model) { StructureCheck(model).Run(); }

}  // namespace lockstep::engine
