// Sessions: outputs do not depend on threads, hooks see every layer, self-tests prove a board, aliases hold.
#include <gtest/gtest.h>

#include <cstring>

#include "lockstep/cpu.h"
#include "lockstep/md5.h"
#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"
#include "support/test_vector.h"

namespace lockstep {
namespace {

Model Load(const joint::ModelT& object) {
  const std::vector<uint8_t> file = test::Write(object);
  Result<Model> model = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(model.ok()) << model.status().message();
  return std::move(model.value());
}

Session Open(const Model& model, int threads = 1) {
  SessionOptions options;
  options.threads = threads;
  Result<Session> session = Session::Create(model, options);
  EXPECT_TRUE(session.ok()) << session.status().message();
  return std::move(session.value());
}

void FillInputs(Session& session, uint64_t seed) {
  SeededBytes seeded(seed);
  for (int32_t i = 0; i < session.model().input_count(); ++i)
    seeded.Fill(session.input(i), session.input_info(i).bytes);
}

class RecordDigests final : public RunHook {
 public:
  Status BeforeLayer(Session& /*session*/, int32_t layer) override {
    EXPECT_EQ(static_cast<size_t>(layer), digests.size());
    return Status::Ok();
  }
  Status AfterLayer(Session& session, int32_t layer) override {
    digests.emplace_back(ToText(Md5Of(session.layer_output_rows(layer))).data());
    return Status::Ok();
  }
  std::vector<std::string> digests;
};

std::vector<std::string> Digests(Session& session, uint64_t seed) {
  FillInputs(session, seed);
  RecordDigests record;
  EXPECT_TRUE(session.Run(&record).ok());
  return record.digests;
}

TEST(Session, TensorsWithinOthersHaveTheBytesOfTheirOwn) {
  const Model apart = Load(test::ViewNetwork(false));
  const Model within = Load(test::ViewNetwork());
  int strided = 0;
  for (const joint::Tensor* tensor : *within.joint().tensors()) strided += tensor->strides() != nullptr ? 1 : 0;
  EXPECT_GT(strided, 30);
  Session expected = Open(apart);
  const std::vector<std::string> digests = Digests(expected, 3);
  for (const int threads : {1, 2, 3}) {
    Session session = Open(within, threads);
    const std::vector<std::string> got = Digests(session, 3);
    ASSERT_EQ(got.size(), digests.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i], digests[i]) << "layer " << i << " (" << within.layer(static_cast<int32_t>(i)).op << "), "
                                    << threads << " threads";
    }
  }
}

TEST(Session, EveryThreadCountGivesTheSameBytes) {
  test::NetworkBuilder net(5);
  int x = net.Input({1, 40, 40, 16});
  test::ConvShape shape;
  shape.oc = 32;
  x = net.Conv(x, shape);
  x = net.Add(net.MaxPool(x, 5, 1, 2), x);
  net.Output(net.Dequantize(net.Concat({x, net.Lookup(x)}, 3)));
  for (const joint::ModelT& object : {net.Finish(), test::SmallNetwork()}) {
    const Model model = Load(object);
    Session one = Open(model);
    const std::vector<std::string> expected = Digests(one, 9);
    for (const int threads : {2, 3, 8}) {
      Session many = Open(model, threads);
      for (int repeat = 0; repeat < 20; ++repeat) ASSERT_EQ(Digests(many, 9), expected) << threads << " threads";
    }
  }
}

TEST(Session, RunsAgainWithTheSameResult) {
  const Model model = Load(test::SmallNetwork());
  Session session = Open(model);
  const std::vector<std::string> expected = Digests(session, 3);
  EXPECT_NE(Digests(session, 4), expected);
  EXPECT_EQ(Digests(session, 3), expected);
}

TEST(Session, SharedReshapeIsTheSameMemory) {
  test::NetworkBuilder net(2);
  const int x = net.Lookup(net.Input({1, 4, 6, 2}));
  const int shared = net.Reshape(x, {1, 24, 2});
  const int copied = net.Reshape(shared, {48}, false);
  net.Output(shared);
  net.Output(copied);
  const Model model = Load(net.Finish());
  Session session = Open(model);
  FillInputs(session, 1);
  ASSERT_TRUE(session.Run().ok());
  EXPECT_EQ(session.layer_output(0), session.output(0));
  EXPECT_NE(session.output(0), session.output(1));
  EXPECT_EQ(std::memcmp(session.output(0), session.output(1), 48), 0);
}

class StopAt final : public RunHook {
 public:
  Status BeforeLayer(Session& /*session*/, int32_t layer) override {
    return layer == 2 ? Status::Error(StatusCode::kDiffers, "stopped") : Status::Ok();
  }
};

TEST(Session, AHookCanStopARun) {
  const Model model = Load(test::SmallNetwork());
  Session session = Open(model);
  FillInputs(session, 1);
  StopAt stop;
  EXPECT_STREQ(session.Run(&stop).message(), "stopped");
  EXPECT_TRUE(session.Run().ok());
}

TEST(SelfTest, PassesWithSeedAndStoredInputs) {
  const joint::ModelT object = test::WithTestVector(test::WithTestVector(test::SmallNetwork(), 77, false), 78, true);
  const Model model = Load(object);
  Session session = Open(model);
  int32_t passed = 0;
  const Status status = RunSelfTest(session, &passed);
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(passed, 2);
}

TEST(SelfTest, NamesTheFirstLayerThatDiffers) {
  joint::ModelT object = test::WithTestVector(test::SmallNetwork(), 77, false);
  const_cast<flatbuffers::Array<uint8_t, 16>*>(object.test_vectors[0]->layer_digests[5].bytes())->Mutate(0, 0);
  const_cast<flatbuffers::Array<uint8_t, 16>*>(object.test_vectors[0]->layer_digests[5].bytes())->Mutate(1, 0);
  const Model model = Load(object);
  Session session = Open(model);
  int32_t passed = 0;
  const Status status = RunSelfTest(session, &passed);
  EXPECT_EQ(status.code(), StatusCode::kDiffers);
  EXPECT_NE(std::strstr(status.message(), model.layer(5).name), nullptr) << status.message();
  EXPECT_EQ(passed, 0);
}

TEST(SelfTest, WithoutVectorsIsAnError) {
  const Model model = Load(test::SmallNetwork());
  Session session = Open(model);
  int32_t passed = 0;
  EXPECT_EQ(RunSelfTest(session, &passed).code(), StatusCode::kInvalidArgument);
}

TEST(Session, WrongThreadsAndIsaAreErrors) {
  const Model model = Load(test::SmallNetwork());
  SessionOptions options;
  options.threads = 0;
  EXPECT_EQ(Session::Create(model, options).status().code(), StatusCode::kInvalidArgument);
  setenv("LOCKSTEP_ISA", "abacus,portable", 1);
  const Result<Session> session = Session::Create(model, {});
  unsetenv("LOCKSTEP_ISA");
  EXPECT_EQ(session.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(std::strstr(session.status().message(), "'abacus'"), nullptr) << session.status().message();
  for (uint32_t i = 0; i < 32; ++i) {  // every name that there is
    const char* name = IsaName(static_cast<Isa>(i));
    if (std::strcmp(name, "unknown") == 0) continue;
    EXPECT_NE(std::strstr(session.status().message(), name), nullptr) << name << ": " << session.status().message();
  }
}

// Many groups and a window of many rows: scratch memory beyond what 32-bit boards can even count.
TEST(Session, ScratchBeyondTheAddressSpaceIsRefused) {
  test::NetworkBuilder net(6);
  const int x = net.Input({1, 1, 1, 1024});
  test::ConvShape shape;
  shape.oc = shape.groups = 1024;
  shape.kernel_h = 2;
  shape.kernel_w = 1;
  shape.dilation_h = shape.pad_top = 1 << 17;
  shape.pad_left = shape.pad_bottom = shape.pad_right = 0;
  net.Output(net.Conv(x, shape));
  const Model model = Load(net.Finish());
  const Result<Session> session = Session::Create(model, {});
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.status().code(), StatusCode::kOutOfMemory);
  EXPECT_NE(std::strstr(session.status().message(), "scratch"), nullptr) << session.status().message();
}

TEST(SeededBytes, FollowsItsDefinition) {
  // Computed by hand from the definition: xorshift64* of state 1.
  uint64_t x = 1;
  SeededBytes bytes(1);
  for (int i = 0; i < 100; ++i) {
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    ASSERT_EQ(bytes.Next(), static_cast<uint8_t>((x * 0x2545f4914f6cdd1dULL) >> 56)) << "step " << i;
  }
  // Known outputs of the generator: seed 1 starts with 0x47e4ce4b896cdd1d.
  EXPECT_EQ(SeededBytes(1).Next(), 0x47);
}

}  // namespace
}  // namespace lockstep
