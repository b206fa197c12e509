// The C interface gives what the C++ interface gives, and refuses wrong indices.
#include <gtest/gtest.h>

#include <cstring>

#include "lockstep/lockstep.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

struct AlignedFile {
  explicit AlignedFile(const std::vector<uint8_t>& file)
      : memory(static_cast<uint8_t*>(std::aligned_alloc(64, (file.size() + 63) / 64 * 64)), std::free) {
    std::copy(file.begin(), file.end(), memory.get());
  }
  std::unique_ptr<uint8_t[], void (*)(void*)> memory;
};

TEST(CInterface, GivesTheOutputsOfTheCppInterface) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  Result<Model> cpp_model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(cpp_model.ok());
  Result<Session> cpp = Session::Create(cpp_model.value(), {});
  ASSERT_TRUE(cpp.ok());
  const AlignedFile aligned(file);
  lockstep_error error = {};
  lockstep_model* model = nullptr;
  ASSERT_EQ(lockstep_model_from_memory(aligned.memory.get(), file.size(), 1, &model, &error), LOCKSTEP_OK)
      << error.message;
  EXPECT_STREQ(lockstep_model_name(model), "small");
  ASSERT_EQ(lockstep_model_input_count(model), 2);
  ASSERT_EQ(lockstep_model_output_count(model), 2);
  lockstep_session* session = nullptr;
  ASSERT_EQ(lockstep_session_create(model, 1, &session, &error), LOCKSTEP_OK) << error.message;
  for (int32_t i = 0; i < 2; ++i) {
    lockstep_tensor tensor = {};
    ASSERT_EQ(lockstep_model_input(model, i, &tensor), LOCKSTEP_OK);
    EXPECT_EQ(tensor.dtype, LOCKSTEP_U8);
    SeededBytes(5).Fill(lockstep_session_input(session, i), tensor.bytes);
    SeededBytes(5).Fill(cpp.value().input(i), tensor.bytes);
  }
  ASSERT_EQ(lockstep_session_run(session, &error), LOCKSTEP_OK) << error.message;
  ASSERT_TRUE(cpp.value().Run().ok());
  for (int32_t i = 0; i < 2; ++i) {
    lockstep_tensor tensor = {};
    ASSERT_EQ(lockstep_model_output(model, i, &tensor), LOCKSTEP_OK);
    EXPECT_EQ(tensor.dtype, LOCKSTEP_F32);
    EXPECT_EQ(std::memcmp(lockstep_session_output(session, i), cpp.value().output(i), tensor.bytes), 0);
  }
  lockstep_session_destroy(session);
  lockstep_model_close(model);
}

TEST(CInterface, ReportsErrors) {
  lockstep_error error = {};
  lockstep_model* model = nullptr;
  EXPECT_EQ(lockstep_model_open("/nowhere/net.joint", 1, &model, &error), LOCKSTEP_UNREADABLE);
  EXPECT_EQ(model, nullptr);
  EXPECT_NE(std::strstr(error.message, "/nowhere/net.joint"), nullptr) << error.message;
  EXPECT_EQ(lockstep_model_open("/nowhere/net.joint", 1, &model, nullptr), LOCKSTEP_UNREADABLE);
}

TEST(CInterface, RefusesIndicesOutOfRange) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  const AlignedFile aligned(file);
  lockstep_model* model = nullptr;
  ASSERT_EQ(lockstep_model_from_memory(aligned.memory.get(), file.size(), 1, &model, nullptr), LOCKSTEP_OK);
  lockstep_session* session = nullptr;
  ASSERT_EQ(lockstep_session_create(model, 1, &session, nullptr), LOCKSTEP_OK);
  lockstep_tensor tensor = {};
  for (const int32_t index : {-1, 2}) {
    EXPECT_EQ(lockstep_model_input(model, index, &tensor), LOCKSTEP_INVALID_ARGUMENT);
    EXPECT_EQ(lockstep_model_output(model, index, &tensor), LOCKSTEP_INVALID_ARGUMENT);
    EXPECT_EQ(lockstep_session_input(session, index), nullptr);
    EXPECT_EQ(lockstep_session_output(session, index), nullptr);
  }
  lockstep_session_destroy(session);
  lockstep_model_close(model);
}

}  // namespace
}  // namespace lockstep
