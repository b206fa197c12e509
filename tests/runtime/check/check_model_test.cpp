// The check alone, linked without what runs a model, as the host's tools have it.
#include "lockstep/check_model.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/joint_models.h"

namespace lockstep {
namespace {

Status Checked(const joint::ModelT& network) {
  const std::vector<uint8_t> file = test::Write(network);
  return CheckModel(file.data(), file.size());
}

TEST(CheckModel, AcceptsEveryOperator) {
  const Status status = Checked(test::SmallNetwork());
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(CheckModel, NamesTheFieldOfADamage) {
  joint::ModelT axes = test::SmallNetwork();
  axes.tensors[static_cast<size_t>(axes.inputs[0]->tensor)]->axes = {0};
  EXPECT_EQ(Checked(axes).code(), StatusCode::kCorruptModel);
  EXPECT_NE(std::string(Checked(axes).message()).find("axes"), std::string::npos) << Checked(axes).message();

  axes.tensors[static_cast<size_t>(axes.inputs[0]->tensor)]->axes = {0, 2, 3, 200};
  EXPECT_NE(std::string(Checked(axes).message()).find("axes"), std::string::npos) << Checked(axes).message();

  joint::ModelT newer = test::SmallNetwork();
  newer.contract = "rq2";
  EXPECT_EQ(Checked(newer).code(), StatusCode::kUnsupported);
}

TEST(CheckModel, ALayerHasAsManyOutputsAsItsOperator) {
  joint::ModelT network = test::SmallNetwork();
  network.layers[0]->outputs.push_back(network.layers[1]->outputs[0]);
  EXPECT_NE(std::string(Checked(network).message()).find("number of outputs is 2, must be 1..1"), std::string::npos)
      << Checked(network).message();
}

}  // namespace
}  // namespace lockstep
