// The C interface gives what the C++ interface gives, and refuses wrong indices.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "lockstep/lockstep.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"
#include "support/row_plans.h"
#include "support/test_vector.h"

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

// The small network by the C interface.
class CSession : public testing::Test {
 protected:
  CSession() : file_(test::Write(test::WithTestVector(test::SmallNetwork(), 3, false))), aligned_(file_) {
    EXPECT_EQ(lockstep_model_from_memory(aligned_.memory.get(), file_.size(), 1, &model_, &error_), LOCKSTEP_OK);
    options_.size = sizeof(options_);
  }
  ~CSession() override {
    lockstep_session_destroy(session_);
    lockstep_model_close(model_);
  }

  void Fill(lockstep_session* session) {
    lockstep_tensor tensor = {};
    for (int32_t i = 0; lockstep_model_input(model_, i, &tensor) == LOCKSTEP_OK; ++i) {
      SeededBytes(5).Fill(lockstep_session_input(session, i), tensor.bytes);
    }
  }

  std::vector<std::vector<uint8_t>> Outputs(lockstep_session* session) {
    std::vector<std::vector<uint8_t>> outputs;
    lockstep_tensor tensor = {};
    for (int32_t i = 0; lockstep_model_output(model_, i, &tensor) == LOCKSTEP_OK; ++i) {
      const auto* bytes = static_cast<const uint8_t*>(lockstep_session_output(session, i));
      outputs.emplace_back(bytes, bytes + tensor.bytes);
    }
    return outputs;
  }

  std::vector<std::vector<uint8_t>> OutputsOfARun() {
    lockstep_session* session = nullptr;
    EXPECT_EQ(lockstep_session_create(model_, 1, &session, &error_), LOCKSTEP_OK) << error_.message;
    Fill(session);
    EXPECT_EQ(lockstep_session_run(session, &error_), LOCKSTEP_OK) << error_.message;
    std::vector<std::vector<uint8_t>> outputs = Outputs(session);
    lockstep_session_destroy(session);
    return outputs;
  }

  std::vector<uint8_t> file_;
  AlignedFile aligned_;
  lockstep_error error_ = {};
  lockstep_options options_ = {};
  lockstep_model* model_ = nullptr;
  lockstep_session* session_ = nullptr;
};

TEST_F(CSession, StaysInTheMemoryThatItIsGiven) {
  for (const int threads : {1, 3}) {
    options_.threads = threads;
    size_t bytes = 0;
    options_.memory = nullptr;
    ASSERT_EQ(lockstep_session_memory(model_, &options_, &bytes, &error_), LOCKSTEP_OK) << error_.message;
    constexpr size_t kGuard = 256;
    std::vector<uint8_t> block(bytes + 2 * kGuard + 64, 0xa5);
    uint8_t* memory = block.data() + kGuard;
    memory += (64 - reinterpret_cast<uintptr_t>(memory) % 64) % 64;
    options_.memory = memory;
    options_.memory_size = bytes;
    ASSERT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_OK) << error_.message;
    auto* input = static_cast<uint8_t*>(lockstep_session_input(session_, 0));
    EXPECT_TRUE(input >= memory && input < memory + bytes);
    Fill(session_);
    ASSERT_EQ(lockstep_session_run(session_, &error_), LOCKSTEP_OK) << error_.message;
    EXPECT_EQ(Outputs(session_), OutputsOfARun());
    lockstep_session_destroy(std::exchange(session_, nullptr));
    for (uint8_t* byte = block.data(); byte < memory; ++byte) ASSERT_EQ(*byte, 0xa5) << "written before the block";
    for (uint8_t* byte = memory + bytes; byte < block.data() + block.size(); ++byte) {
      ASSERT_EQ(*byte, 0xa5) << "written behind the block";
    }
  }
}

TEST_F(CSession, RefusesMemoryThatDoesNotDo) {
  size_t bytes = 0;
  ASSERT_EQ(lockstep_session_memory(model_, nullptr, &bytes, &error_), LOCKSTEP_OK) << error_.message;
  std::vector<uint8_t> block(bytes + 128);
  uint8_t* memory = block.data() + (64 - reinterpret_cast<uintptr_t>(block.data()) % 64) % 64;
  options_.memory = memory;
  options_.memory_size = bytes - 1;
  EXPECT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(error_.message, ("give " + std::to_string(bytes) + " bytes").c_str()), nullptr)
      << error_.message;
  options_.memory = memory + 8;
  options_.memory_size = bytes;
  EXPECT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(error_.message, "aligned"), nullptr) << error_.message;
  options_.threads = 1000;
  EXPECT_EQ(lockstep_session_memory(model_, &options_, &bytes, &error_), LOCKSTEP_INVALID_ARGUMENT);
  EXPECT_EQ(bytes, 0U);
  EXPECT_EQ(session_, nullptr);
}

TEST_F(CSession, StepsLayerByLayer) {
  ASSERT_EQ(lockstep_session_create_with(model_, nullptr, &session_, &error_), LOCKSTEP_OK) << error_.message;
  const int32_t layers = lockstep_model_layer_count(model_);
  ASSERT_GT(layers, 10);
  // A run in between begins anew, and two runs by steps give the same.
  int32_t layer = -1;
  for (int i = 0; i < 3; ++i) ASSERT_EQ(lockstep_session_step(session_, &layer, &error_), LOCKSTEP_OK);
  EXPECT_EQ(layer, 2);
  Fill(session_);
  ASSERT_EQ(lockstep_session_run(session_, &error_), LOCKSTEP_OK);
  for (int run = 0; run < 2; ++run) {
    Fill(session_);
    for (int32_t i = 0; i < layers; ++i) {
      ASSERT_EQ(lockstep_session_step(session_, &layer, &error_), LOCKSTEP_OK) << error_.message;
      EXPECT_EQ(layer, i);
      EXPECT_NE(lockstep_session_layer_output(session_, i, 0), nullptr);
      EXPECT_NE(lockstep_session_kernel(session_, i), nullptr);
    }
    EXPECT_EQ(Outputs(session_), OutputsOfARun());
  }
  int32_t passed = 0;
  EXPECT_EQ(lockstep_session_self_test(session_, &passed, &error_), LOCKSTEP_OK) << error_.message;
  EXPECT_EQ(passed, 1);
}

// Reads every layer's tensors and feeds each input back.
TEST(CInterface, ReadsAndWritesTensorsWithinOthers) {
  const std::vector<uint8_t> file = test::Write(test::ViewNetwork());
  const AlignedFile aligned(file);
  lockstep_error error = {};
  lockstep_model* model = nullptr;
  ASSERT_EQ(lockstep_model_from_memory(aligned.memory.get(), file.size(), 1, &model, &error), LOCKSTEP_OK);
  lockstep_session* session = nullptr;
  ASSERT_EQ(lockstep_session_create(model, 1, &session, &error), LOCKSTEP_OK) << error.message;
  lockstep_tensor tensor = {};
  lockstep_layer about = {};
  ASSERT_EQ(lockstep_model_input(model, 0, &tensor), LOCKSTEP_OK);
  SeededBytes(5).Fill(lockstep_session_input(session, 0), tensor.bytes);
  int without_pointer = 0;
  for (int32_t i = 0; i < lockstep_model_layer_count(model); ++i) {
    ASSERT_EQ(lockstep_model_layer(model, i, &about), LOCKSTEP_OK);
    ASSERT_EQ(lockstep_model_layer_input(model, i, 0, &tensor), LOCKSTEP_OK);
    std::vector<uint8_t> input(tensor.bytes);
    std::vector<uint8_t> again(tensor.bytes);
    ASSERT_EQ(lockstep_session_read_layer_input(session, i, 0, input.data()), LOCKSTEP_OK);
    // What is written is what is read, and with the old values the layer gives what it gave before.
    std::vector<uint8_t> other = input;
    for (uint8_t& byte : other) byte = static_cast<uint8_t>(~byte);
    ASSERT_EQ(lockstep_session_write_layer_input(session, i, 0, other.data()), LOCKSTEP_OK);
    ASSERT_EQ(lockstep_session_read_layer_input(session, i, 0, again.data()), LOCKSTEP_OK);
    EXPECT_EQ(again, other) << about.name;
    ASSERT_EQ(lockstep_session_write_layer_input(session, i, 0, input.data()), LOCKSTEP_OK);
    int32_t layer = -1;
    ASSERT_EQ(lockstep_session_step(session, &layer, &error), LOCKSTEP_OK) << error.message;
    ASSERT_EQ(lockstep_model_layer_output(model, i, 0, &tensor), LOCKSTEP_OK);
    std::vector<uint8_t> output(tensor.bytes);
    ASSERT_EQ(lockstep_session_read_layer_output(session, i, 0, output.data()), LOCKSTEP_OK);
    const void* pointer = lockstep_session_layer_output(session, i, 0);
    if (pointer == nullptr) {
      ++without_pointer;
    } else {
      EXPECT_EQ(std::memcmp(pointer, output.data(), output.size()), 0) << about.name;
    }
  }
  EXPECT_GT(without_pointer, 20);
  EXPECT_EQ(lockstep_session_read_layer_input(session, 0, 9, nullptr), LOCKSTEP_INVALID_ARGUMENT);
  EXPECT_EQ(lockstep_session_read_layer_output(session, -1, 0, nullptr), LOCKSTEP_INVALID_ARGUMENT);
  EXPECT_EQ(lockstep_session_write_layer_input(session, 0, 1, nullptr), LOCKSTEP_INVALID_ARGUMENT);  // weights
  lockstep_session_destroy(session);
  lockstep_model_close(model);
}

TEST(CInterface, RunsGroupsOfLayers) {
  const std::vector<uint8_t> file = test::Write(test::GroupedNetwork());
  const AlignedFile aligned(file);
  lockstep_error error = {};
  lockstep_model* model = nullptr;
  ASSERT_EQ(lockstep_model_from_memory(aligned.memory.get(), file.size(), 1, &model, &error), LOCKSTEP_OK);
  std::vector<std::vector<uint8_t>> outputs;
  for (const int group_rows : {0, 1}) {
    lockstep_options options = {};
    options.size = sizeof(options);
    options.group_rows = group_rows;
    lockstep_session* session = nullptr;
    ASSERT_EQ(lockstep_session_create_with(model, &options, &session, &error), LOCKSTEP_OK) << error.message;
    lockstep_tensor tensor = {};
    ASSERT_EQ(lockstep_model_input(model, 0, &tensor), LOCKSTEP_OK);
    SeededBytes(5).Fill(lockstep_session_input(session, 0), tensor.bytes);
    ASSERT_EQ(lockstep_session_run(session, &error), LOCKSTEP_OK) << error.message;
    ASSERT_EQ(lockstep_model_output(model, 0, &tensor), LOCKSTEP_OK);
    const auto* output = static_cast<const uint8_t*>(lockstep_session_output(session, 0));
    outputs.emplace_back(output, output + tensor.bytes);
    // The first layer's output lies within a group: it has no memory of its own.
    ASSERT_EQ(lockstep_model_layer_output(model, 0, 0, &tensor), LOCKSTEP_OK);
    std::vector<uint8_t> inner(tensor.bytes);
    const lockstep_code expected = group_rows != 0 ? LOCKSTEP_INVALID_ARGUMENT : LOCKSTEP_OK;
    EXPECT_EQ(lockstep_session_read_layer_output(session, 0, 0, inner.data()), expected);
    EXPECT_EQ(lockstep_session_read_layer_input(session, 1, 0, inner.data()), expected);
    EXPECT_EQ(lockstep_session_write_layer_input(session, 1, 0, inner.data()), expected);
    EXPECT_EQ(lockstep_session_layer_output(session, 0, 0) == nullptr, group_rows != 0);
    lockstep_session_destroy(session);
  }
  EXPECT_EQ(outputs[0], outputs[1]);
  lockstep_model_close(model);
}

TEST_F(CSession, DescribesLayers) {
  ASSERT_EQ(lockstep_session_create_with(model_, nullptr, &session_, &error_), LOCKSTEP_OK) << error_.message;
  const int32_t layers = lockstep_model_layer_count(model_);
  lockstep_layer layer = {};
  lockstep_tensor tensor = {};
  for (int32_t i = 0; i < layers; ++i) {
    ASSERT_EQ(lockstep_model_layer(model_, i, &layer), LOCKSTEP_OK);
    EXPECT_GE(layer.input_count, 1);
    EXPECT_EQ(layer.output_count, std::strcmp(layer.op, "TopK") == 0 ? 2 : 1);
    ASSERT_EQ(lockstep_model_layer_input(model_, i, layer.input_count - 1, &tensor), LOCKSTEP_OK);
    ASSERT_EQ(lockstep_model_layer_output(model_, i, 0, &tensor), LOCKSTEP_OK);
    EXPECT_STREQ(lockstep_data_type_name(tensor.dtype), DataTypeName(static_cast<DataType>(tensor.dtype)));
    EXPECT_EQ(lockstep_model_layer_input(model_, i, layer.input_count, &tensor), LOCKSTEP_INVALID_ARGUMENT);
    EXPECT_EQ(lockstep_session_layer_input(session_, i, layer.input_count), nullptr);
    EXPECT_EQ(lockstep_session_layer_output(session_, i, layer.output_count), nullptr);
  }
  for (const int32_t index : {-1, layers}) {
    EXPECT_EQ(lockstep_model_layer(model_, index, &layer), LOCKSTEP_INVALID_ARGUMENT);
    EXPECT_EQ(lockstep_session_kernel(session_, index), nullptr);
  }
  EXPECT_EQ(lockstep_data_type_name(static_cast<lockstep_data_type>(99)), nullptr);
}

TEST_F(CSession, NamesTheBuildThatAnOptionBelongsTo) {
  options_.dump_folder = "dump";
  EXPECT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_WRONG_BUILD);
  EXPECT_NE(std::strstr(error_.message, "debug"), nullptr) << error_.message;
  options_.dump_folder = nullptr;
  options_.profile_folder = "profile";
  EXPECT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_WRONG_BUILD);
  EXPECT_NE(std::strstr(error_.message, "profile build"), nullptr) << error_.message;
  // An older program's options end before these.
  options_.size = offsetof(lockstep_options, dump_folder);
  EXPECT_EQ(lockstep_session_create_with(model_, &options_, &session_, &error_), LOCKSTEP_OK) << error_.message;
  EXPECT_EQ(lockstep_session_dump_next_run(session_, "dump", &error_), LOCKSTEP_WRONG_BUILD);
  lockstep_session_count_runs(session_, 0);
  EXPECT_EQ(lockstep_session_write_reports(session_, &error_), LOCKSTEP_OK);
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
