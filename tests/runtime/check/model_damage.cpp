#include "runtime/check/model_damage.h"

#include <cstdlib>
#include <cstring>

namespace lockstep::test {
void ExpectRefused(ModelT damaged, const Damage& damage) {
  damage.apply(damaged);
  const std::vector<uint8_t> file = Write(damaged);
  for (const bool check_digest : {true, false}) {
    LoadOptions options;
    options.check_digest = check_digest;
    const Result<Model> model = Model::Copy(file.data(), file.size(), options);
    ASSERT_FALSE(model.ok()) << "accepted";
    EXPECT_EQ(model.status().code(), damage.code) << model.status().message();
    EXPECT_NE(std::strstr(model.status().message(), damage.expected), nullptr)
        << "expected '" << damage.expected << "' in: " << model.status().message();
    EXPECT_EQ(std::strchr(model.status().message(), '\n'), nullptr);
  }
}

namespace {

TEST_P(ModelDamage, IsRefusedByName) { ExpectRefused(SmallNetwork(), GetParam()); }
TEST_P(FloatDamage, IsRefusedByName) { ExpectRefused(FloatNetwork(), GetParam()); }
TEST_P(TransposeDamage, IsRefusedByName) { ExpectRefused(TransposedNetwork(), GetParam()); }
TEST_P(FloatTransposeDamage, IsRefusedByName) { ExpectRefused(FloatTransposedNetwork(), GetParam()); }
TEST_P(ViewDamage, IsRefusedByName) { ExpectRefused(ViewNetwork(), GetParam()); }
TEST_P(WideDamage, IsRefusedByName) { ExpectRefused(WideNetwork(), GetParam()); }

}  // namespace

joint::LayerT& WideAdd(ModelT& m) {
  for (auto& layer : m.layers) {
    if (layer->options.type != joint::Options::Add) continue;
    if (m.tensors[layer->outputs[0]]->dtype == joint::DType::U16) return *layer;
  }
  std::abort();
}

void Narrow(joint::TensorT& tensor, uint8_t bits) {
  tensor.quantization->bits = bits;
  tensor.quantization->zero_point = {0};
}

void DoubleBatch(ModelT& m, joint::TensorT& tensor) {
  tensor.shape[0] *= 2;
  tensor.bytes *= 2;
  m.arena_size += tensor.bytes;
}

void MakeIntegers(joint::TensorT& tensor) { tensor.dtype = joint::DType::S32; }

std::string MessageOf(const ModelT& m, uint64_t max_work) {
  const std::vector<uint8_t> file = Write(m);
  LoadOptions options;
  options.max_work = max_work;
  const Result<Model> model = Model::Copy(file.data(), file.size(), options);
  return model.ok() ? "" : model.status().message();
}

void ExpectWork(const ModelT& m, uint64_t work) {
  EXPECT_EQ(MessageOf(m, work), "");
  EXPECT_NE(MessageOf(m, work - 1).find("work: the model needs more"), std::string::npos);
}

}  // namespace lockstep::test
