// Valid models load, describe themselves and run.
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "lockstep/runtime.h"
#include "lockstep/seeded_input.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

TEST(Model, SmallNetworksLoadAndHaveEveryOperator) {
  std::set<std::string> operators;
  for (const joint::ModelT& network : {test::SmallNetwork(), test::FloatNetwork(), test::TransposedNetwork()}) {
    const std::vector<uint8_t> file = test::Write(network);
    Result<Model> model = Model::Copy(file.data(), file.size());
    ASSERT_TRUE(model.ok()) << model.status().message();
    for (int i = 0; i < model.value().layer_count(); ++i) operators.insert(model.value().layer(i).op);
  }
  for (const joint::Options type : joint::EnumValuesOptions()) {
    if (type == joint::Options::NONE) continue;
    EXPECT_EQ(operators.count(joint::EnumNameOptions(type)), 1U) << joint::EnumNameOptions(type);
  }
}

TEST(Model, DescribesItsInterface) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  Result<Model> model = Model::Copy(file.data(), file.size());
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ(model.value().input_count(), 2);
  EXPECT_EQ(model.value().output_count(), 2);
  EXPECT_STREQ(model.value().contract(), "rq1");
}

TEST(Model, RandomNetworksLoadAndRun) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const std::vector<uint8_t> file = test::Write(test::RandomNetwork(seed));
    Result<Model> model = Model::Copy(file.data(), file.size());
    ASSERT_TRUE(model.ok()) << "seed " << seed << ": " << model.status().message();
    Result<Session> session = Session::Create(model.value(), {});
    ASSERT_TRUE(session.ok()) << session.status().message();
    SeededBytes(seed).Fill(session.value().input(0), session.value().input_info(0).bytes);
    const Status status = session.value().Run();
    ASSERT_TRUE(status.ok()) << status.message();
  }
}

TEST(Model, RandomNetworksOfFloatsLoad) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const std::vector<uint8_t> file = test::Write(test::RandomFloatNetwork(seed));
    const Result<Model> model = Model::Copy(file.data(), file.size());
    EXPECT_TRUE(model.ok()) << "seed " << seed << ": " << model.status().message();
  }
}

TEST(Model, ValuesOfFewerBitsThanTheirTypePass) {
  test::NetworkBuilder net(8);
  test::ConvShape shape;
  shape.table = true;
  const int y = net.Conv(net.Input({1, 4, 4, 3}), shape);
  net.Output(net.Dequantize(net.MaxPool(net.Add(y, net.Constant({1, 1, 1, 8})), 2, 2, 0)));
  joint::ModelT network = net.Finish();
  network.inputs[0]->mean = {1, 2, 3};
  network.inputs[0]->std = {1};
  for (auto& tensor : network.tensors) {
    if (!tensor->quantization || tensor->dtype != joint::DType::U8 || tensor->name == network.tensors[0]->name)
      continue;
    tensor->quantization->bits = 7;
    tensor->quantization->zero_point = {127};
  }
  for (uint8_t& entry : test::FirstOptions<joint::ConvT>(network)->table) entry &= 127;
  for (uint8_t& value : network.constants.back()->data) value &= 127;
  test::FirstOptions<joint::AddT>(network)->clamp_high = 127;
  const std::vector<uint8_t> file = test::Write(network);
  const Result<Model> model = Model::Copy(file.data(), file.size());
  EXPECT_TRUE(model.ok()) << model.status().message();
}

TEST(Model, MemoryMustBeAligned) {
  const std::vector<uint8_t> file = test::Write(test::SmallNetwork());
  std::vector<uint8_t> memory(file.size() + 65);
  uint8_t* odd = memory.data() + 1 + (reinterpret_cast<uintptr_t>(memory.data()) % 64 == 63 ? 1 : 0);
  std::memcpy(odd, file.data(), file.size());
  const Result<Model> model = Model::FromMemory(odd, file.size());
  EXPECT_EQ(model.status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lockstep
