// Test vectors for models that tests make: the digests are what this process's runtime computes.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

namespace lockstep::test {

// With one more vector, of seeded inputs that stand in the model, or of their seed alone.
inline joint::ModelT WithTestVector(joint::ModelT object, uint64_t seed, bool store_inputs) {
  class Store final : public RunHook {
   public:
    explicit Store(joint::TestVectorT& target) : target_(target) {}
    Status AfterLayer(Session& running, int32_t layer) override {
      Md5 md5;
      for (int32_t i = 0; i < running.model().layer_output_count(layer); ++i) {
        running.layer_output_rows(layer, i).ForEach([&](const uint8_t* row, size_t bytes) { md5.Update(row, bytes); });
      }
      const Md5Digest digest = md5.Finish();
      target_.layer_digests.emplace_back(flatbuffers::span<const uint8_t, 16>(digest.data(), 16));
      return Status::Ok();
    }

   private:
    joint::TestVectorT& target_;
  };
  const auto require = [](const Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "WithTestVector: %s\n", status.message());
    std::abort();
  };
  const std::vector<uint8_t> file = Write(object);
  Result<Model> model = Model::Copy(file.data(), file.size());
  require(model.status());
  Result<Session> session = Session::Create(model.value(), {});
  require(session.status());
  auto vector = std::make_unique<joint::TestVectorT>();
  if (!store_inputs) vector->seed = seed;
  SeededBytes seeded(seed);
  for (int32_t i = 0; i < model.value().input_count(); ++i) {
    auto* bytes = static_cast<uint8_t*>(session.value().input(i));
    const auto size = static_cast<size_t>(session.value().input_info(i).bytes);
    seeded.Fill(bytes, size);
    if (!store_inputs) continue;
    vector->inputs.push_back(std::make_unique<joint::ConstantT>());
    vector->inputs.back()->data.assign(bytes, bytes + size);
  }
  Store store(*vector);
  require(session.value().Run(&store));
  object.test_vectors.push_back(std::move(vector));
  return object;
}

}  // namespace lockstep::test
