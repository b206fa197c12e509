#include <cstring>

#include "joint_generated.h"
#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"

namespace lockstep {
namespace {

class CompareDigests final : public RunHook {
 public:
  CompareDigests(const joint::TestVector& expected, int32_t vector) : expected_(expected), vector_(vector) {}

  Status AfterLayer(Session& session, int32_t layer) override {
    const Model& model = session.model();
    Md5 md5;
    for (int32_t i = 0; i < model.layer_output_count(layer); ++i) {
      session.layer_output_rows(layer, i).ForEach([&](const uint8_t* row, size_t bytes) { md5.Update(row, bytes); });
    }
    const Md5Digest digest = md5.Finish();
    const joint::Digest* wanted = expected_.layer_digests()->Get(static_cast<uint32_t>(layer));
    if (std::memcmp(digest.data(), wanted, digest.size()) == 0) return Status::Ok();
    return Status::Error(StatusCode::kDiffers, "test vector %d: layer %d '%.64s' (%s, kernel %s) gives md5 %s", vector_,
                         layer, model.layer(layer).name, model.layer(layer).op, session.kernel_name(layer),
                         ToText(digest).data());
  }

 private:
  const joint::TestVector& expected_;
  int32_t vector_;
};

}  // namespace

Status RunSelfTest(Session& session, int32_t* passed) {
  *passed = 0;
  const auto* vectors = session.model().joint().test_vectors();
  if (vectors == nullptr || vectors->size() == 0) {
    return Status::Error(StatusCode::kInvalidArgument, "the model has no test vectors; build it with them");
  }
  for (const joint::TestVector* vector : *vectors) {
    SeededBytes seeded(vector->seed());
    const bool stored = vector->inputs() != nullptr && vector->inputs()->size() != 0;
    for (int32_t i = 0; i < session.model().input_count(); ++i) {
      const auto bytes = static_cast<size_t>(session.input_info(i).bytes);
      if (stored) {
        std::memcpy(session.input(i), vector->inputs()->Get(static_cast<uint32_t>(i))->data()->data(), bytes);
      } else {
        seeded.FillInput(session.input_info(i).dtype == DataType::kF32, session.input(i), bytes);
      }
    }
    CompareDigests compare(*vector, *passed);
    LOCKSTEP_RETURN_IF_ERROR(session.Run(&compare));
    ++*passed;
  }
  return Status::Ok();
}

}  // namespace lockstep
