#include "optimize/optimize.h"
#include "pass_check.h"

namespace lockstep::optimize {
namespace {

using graph::TensorId;
using testing::SmallGraph;

constexpr int64_t kBoxes = 5;
constexpr int64_t kScores = 3;

class Parts : public ::testing::Test {
 protected:
  SmallGraph small_;
  TensorId x_ = small_.Input("x", {1, 4, 3, 2});
  TensorId boxes_ = small_.Conv(x_, 4, kBoxes, 1);
  TensorId scores_ = small_.Conv(x_, 4, kScores, 1);
  TensorId all_ = small_.Add("Concat", {boxes_, scores_}, {{"axis", int64_t{1}}});

  TensorId Slice(TensorId from, int64_t start, int64_t end, int64_t axis, int64_t step = 1) {
    return small_.Add("Slice",
                      {from, small_.Ints({start}), small_.Ints({end}), small_.Ints({axis}), small_.Ints({step})});
  }
};

TEST_F(Parts, AreTakenThroughReshapeAndTranspose) {
  const TensorId flat = small_.Add("Reshape", {all_, small_.Ints({1, 8, -1})});
  const TensorId turned = small_.Add("Transpose", {flat}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  const auto outputs = small_.AddMany("Split", {turned, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{2}}});
  CheckPass(small_.Finish(outputs), SlicesToParts, 1, "Conv Conv Reshape Transpose Reshape Transpose", 0.0);
}

TEST_F(Parts, AreTakenWhereTheWholeIsReadToo) {
  const TensorId scores = Slice(all_, kBoxes, 8, 1);
  CheckPass(small_.Finish({small_.Add("Relu", {scores}), small_.Add("Relu", {all_})}), SlicesToParts, 1,
            "Conv Conv Concat Identity Relu Relu", 0.0);
}

TEST_F(Parts, AreCutWhereASliceTakesSomeOfThem) {
  const TensorId middle = Slice(all_, 3, 7, 1);
  CheckPass(small_.Finish({small_.Add("Relu", {middle})}), SlicesToParts, 1, "Conv Conv Slice Slice Concat Relu", 0.0);
}

TEST_F(Parts, KeepTheirStepOverASeam) {
  for (const int64_t start : {0, 1, 2}) {
    const TensorId some = Slice(all_, start, 8, 1, 3);
    const graph::Graph before = small_.Finish({small_.Add("Relu", {some})});
    graph::Graph after = before;
    EXPECT_GE(SlicesToParts(after), 1);
    EXPECT_LE(testing::LargestOutputDifference(before, after), 0.0) << "from " << start;
  }
}

TEST_F(Parts, AreTakenThroughElementwiseNodesThatNothingElseReads) {
  const TensorId factors = small_.Random({1, 8, 1, 1});
  const TensorId scaled = small_.Add("Mul", {all_, factors});
  const TensorId squared = small_.Add("Mul", {scaled, scaled});
  const TensorId likely = small_.Add("Sigmoid", {squared});
  const auto outputs = small_.AddMany("Split", {likely, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{1}}});
  CheckPass(small_.Finish(outputs), SlicesToParts, 1, "Conv Conv Slice Mul Mul Sigmoid Slice Mul Mul Sigmoid", 0.0);
}

TEST_F(Parts, AreNotComputedTwice) {
  const TensorId likely = small_.Add("Sigmoid", {all_});
  auto outputs = small_.AddMany("Split", {likely, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{1}}});
  outputs.push_back(small_.Add("Relu", {likely}));
  ExpectUntouched(small_.Finish(outputs), SlicesToParts);
}

TEST_F(Parts, AreTakenOfEveryInputOfAConcatOnAnotherAxis) {
  const TensorId other = small_.Conv(x_, 4, 8, 1);
  const TensorId stacked = small_.Add("Concat", {all_, other}, {{"axis", int64_t{2}}});
  const auto outputs = small_.AddMany("Split", {stacked, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{1}}});
  CheckPass(small_.Finish(outputs), SlicesToParts, 1, "Conv Conv Conv Slice Concat Slice Concat", 0.0);
}

TEST_F(Parts, StayTogetherBehindAReshapeThatMixesThem) {
  const TensorId mixed = small_.Add("Reshape", {all_, small_.Ints({1, 2, 4, 6})});
  ExpectUntouched(small_.Finish({small_.Add("Relu", {Slice(mixed, 0, 3, 2)})}), SlicesToParts);
}

TEST_F(Parts, OfAConvolutionAreConvolutionsWhereTheirRangesDiffer) {
  std::vector<float> weights(8 * 4, 0.25F);
  for (size_t i = 0; i < 4 * kBoxes; ++i) weights[i] = 100.0F + static_cast<float>(i);
  const TensorId conv = small_.Add("Conv", {x_, small_.Floats({8, 4, 1, 1}, weights), small_.Random({8})});
  const TensorId flat = small_.Add("Reshape", {conv, small_.Ints({1, 8, -1})});
  const auto outputs = small_.AddMany("Split", {flat, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{1}}});
  CheckPass(small_.Finish(outputs), SlicesToParts, 1, "Conv Reshape Conv Reshape");
}

TEST_F(Parts, OfAConvolutionThatOthersReadAreCutAsTheyWere) {
  std::vector<float> weights(8 * 4, 0.25F);
  weights[0] = 1000.0F;
  const TensorId conv = small_.Add("Conv", {x_, small_.Floats({8, 4, 1, 1}, weights)});
  auto outputs = small_.AddMany("Split", {conv, small_.Ints({kBoxes, kScores})}, 2, {{"axis", int64_t{1}}});
  outputs.push_back(small_.Add("Relu", {conv}));
  ExpectUntouched(small_.Finish(outputs), SlicesToParts);
}

TEST_F(Parts, OfASumOrAConvolutionAreCutAsTheyWere) {
  const TensorId conv = small_.Conv(all_, 8, 6, 1);
  ExpectUntouched(small_.Finish({small_.Add("Relu", {Slice(conv, 0, 3, 1)})}), SlicesToParts);
}

// The same tensor twice, of which a piece takes all and a part.
TEST_F(Parts, OfOneTensorThatIsThereTwice) {
  const TensorId twice = small_.Add("Concat", {x_, x_}, {{"axis", int64_t{1}}});
  CheckPass(small_.Finish({small_.Add("Relu", {Slice(twice, 0, 6, 1)})}), SlicesToParts, 1, "Slice Concat Relu", 0.0);
}

// Every way back is looked at once.
TEST_F(Parts, BehindManySumsOfATensorWithItself) {
  TensorId sum = x_;
  for (int i = 0; i < 64; ++i) sum = small_.Add("Add", {sum, sum});
  ExpectUntouched(small_.Finish({Slice(sum, 0, 2, 1)}), SlicesToParts);
}

}  // namespace
}  // namespace lockstep::optimize
