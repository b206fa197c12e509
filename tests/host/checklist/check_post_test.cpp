#include "checklist/check_post.h"

#include <gtest/gtest.h>

#include <limits>

#include "graph/error.h"
#include "input/npy.h"
#include "support/temporary_test_folder.h"

namespace lockstep::checklist {
namespace {

using Rows = std::vector<std::vector<float>>;  // x1, y1, x2, y2, score, label

class CheckPostTest : public testing::FolderTest {
 protected:
  void Write(const std::string& file, const Rows& rows) {
    std::vector<float> values;
    for (const std::vector<float>& row : rows) values.insert(values.end(), row.begin(), row.end());
    const graph::Shape shape = {static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.at(0).size())};
    const auto npy = input::MakeNpy("f32", shape, values.data(), values.size() * sizeof(float));
    WriteText(Path(file), {npy.begin(), npy.end()});
  }

  Stage Check(const Rows& result, const Rows& expected) {
    Write("result.npy", result);
    Write("expected.npy", expected);
    options_.result = Path("result.npy");
    options_.expected = Path("expected.npy");
    return CheckPost(options_);
  }

  static void ExpectBad(const Stage& stage, const std::string& word) {
    EXPECT_EQ(stage.standing, Standing::kBad) << stage.verdict;
    EXPECT_NE(stage.verdict.find(word), std::string::npos) << word << "\n" << stage.verdict;
  }

  // A picture of 1280x720 in an input of 640x640.
  static BoxGeometry Geometry() {
    BoxGeometry geometry;
    geometry.input_width = geometry.input_height = 640;
    geometry.picture = {1280, 720, 0.5, 0.5, 0, 140};
    return geometry;
  }

  const Rows boxes_ = {{100, 200, 300, 260, 0.9F, 2}, {720, 90, 800, 400, 0.8F, 0}, {15, 33, 60, 58, 0.75F, 7}};
  PostOptions options_;

  template <typename Change>
  Rows Changed(const Change& change) const {
    Rows rows = boxes_;
    for (std::vector<float>& row : rows) change(row);
    return rows;
  }
};

TEST_F(CheckPostTest, TheSameInAnyOrderIsGood) {
  EXPECT_EQ(Check(boxes_, boxes_).standing, Standing::kGood);
  const Stage stage = Check({boxes_[2], boxes_[0], boxes_[1]}, boxes_);
  EXPECT_EQ(stage.standing, Standing::kGood) << stage.verdict;
  EXPECT_NE(stage.findings.front().find("another order"), std::string::npos);
  EXPECT_EQ(Check(Changed([](auto& row) { row[0] += 0.0009F; }), boxes_).standing, Standing::kGood);
  ExpectBad(Check(Changed([](auto& row) { row[0] += 0.01F; }), boxes_), "differ by up to 0.01");
}

TEST_F(CheckPostTest, WhatIsNoNumberIsRefused) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Rows rows = boxes_;
    rows[1][4] = value;
    EXPECT_THROW(Check(rows, boxes_), BadInput);
    EXPECT_THROW(Check(boxes_, rows), BadInput);
  }
}

TEST_F(CheckPostTest, FormsOfBoxes) {
  ExpectBad(Check(Changed([](auto& row) { row[2] -= row[0], row[3] -= row[1]; }), boxes_),
            "boxes of the result are x,y,width,height from the corner, the expected ones x1,y1,x2,y2");
  const Rows centred = Changed([](auto& row) {
    row = {(row[0] + row[2]) / 2, (row[1] + row[3]) / 2, row[2] - row[0], row[3] - row[1], row[4], row[5]};
  });
  ExpectBad(Check(centred, boxes_), "x,y,width,height from the centre");
  ExpectBad(Check(Changed([](auto& row) { std::swap(row[0], row[1]), std::swap(row[2], row[3]); }), boxes_),
            "y1,x1,y2,x2");
}

TEST_F(CheckPostTest, UnitsOfCoordinates) {
  const Rows boxed = Changed([](auto& row) {
    for (size_t i = 0; i < 4; ++i) row[i] = row[i] * 0.5F + (i % 2 == 1 ? 140.0F : 0.0F);
  });
  options_.geometry = Geometry();
  ExpectBad(Check(boxed, boxes_), "was not undone");
  EXPECT_EQ(Check(boxed, boxes_).verdict.find("differ by"), std::string::npos);
  ExpectBad(Check(Changed([](auto& row) { row[0] /= 1280, row[1] /= 720, row[2] /= 1280, row[3] /= 720; }), boxes_),
            "shares (0..1) of the picture, the expected ones in pixels of the picture");
  options_.geometry.reset();
  EXPECT_EQ(Check(boxed, boxes_).standing, Standing::kBad);
}

TEST_F(CheckPostTest, SharesBesidePixelsNeedASize) {
  const Rows shares = Changed([](auto& row) {
    for (size_t i = 0; i < 4; ++i) row[i] /= i % 2 == 0 ? 1280.0F : 720.0F;
  });
  ExpectBad(Check(shares, boxes_),
            "coordinates of the result lie within 0 to 1 and look normalised, those of the "
            "expected array look like pixels: give --model and --data");
  ExpectBad(Check(boxes_, shares), "coordinates of the expected array lie within 0 to 1");
  EXPECT_EQ(Check(Changed([](auto& row) { row[0] += 500.0F; }), boxes_).verdict.find("normalised"), std::string::npos);
  options_.geometry = Geometry();
  ExpectBad(Check(shares, boxes_), "coordinates of the result count in");
}

TEST_F(CheckPostTest, SeveralBoxesAreBoxes) {
  ExpectBad(Check(Changed([](auto& row) { row[0] += 0.01F; }), boxes_), "3 boxes of 3 differ by up to 0.01");
}

TEST_F(CheckPostTest, ColumnsBesidesTheBox) {
  ExpectBad(Check(Changed([](auto& row) { std::swap(row[4], row[5]); }), boxes_), "they are swapped");
  ExpectBad(Check(Changed([](auto& row) { row[5] += 1; }), boxes_), "is 1 more than expected in every row");
  ExpectBad(Check(Changed([](auto& row) { row[4] *= 0.5F; }), boxes_), "column 4 differs by up to 0.45");
  ExpectBad(Check(Changed([](auto& row) { row = {row[5], row[4], row[0], row[1], row[2], row[3]}; }), boxes_),
            "the box stands in columns 2 to 5");
}

TEST_F(CheckPostTest, MissingAndDoubledBoxes) {
  ExpectBad(Check({boxes_[0], boxes_[1]}, boxes_), "1 expected row of 3 have no box");
  Rows doubled = boxes_;
  doubled.push_back(boxes_[1]);
  doubled.back()[0] += 6;
  ExpectBad(Check(doubled, boxes_), "(NMS) is missing");
  Rows more = boxes_;
  more.push_back({900, 600, 950, 640, 0.1F, 1});
  ExpectBad(Check(more, boxes_), "another threshold of the score");
}

TEST_F(CheckPostTest, ABinFileNeedsItsColumns) {
  const std::vector<float> values = {1, 2, 3, 4, 0.5F, 1, 10, 20, 30, 40, 0.25F, 2};
  WriteText(Path("r.bin"), {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
  options_.result = options_.expected = Path("r.bin");
  options_.columns = 6;
  EXPECT_NE(CheckPost(options_).verdict.find("boxes are the expected ones"), std::string::npos);
  options_.columns = 5;
  EXPECT_THROW(CheckPost(options_), BadInput);
}

}  // namespace
}  // namespace lockstep::checklist
