// The arithmetic against values computed by hand, and against COCO's definition written out plainly.
#include "evaluate/detect/average_precision.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "evaluate/detect/match_boxes.h"
#include "evaluate/detect/suppress.h"

namespace lockstep::evaluate {
namespace {

Detection Found(double left, double top, double right, double bottom, float score, int label = 0) {
  return {{left, top, right, bottom}, score, label};
}

Object There(double left, double top, double right, double bottom, int label = 0, bool crowd = false) {
  return {{left, top, right, bottom}, label, crowd};
}

AveragePrecision::Means MeansOf(const std::vector<PictureResult>& pictures) {
  return AveragePrecision(pictures).Of(std::vector<int>(pictures.size(), 1));
}

TEST(AveragePrecisionTest, AWrongBoxBetweenTwoRightOnes) {
  // Precision 1 up to recall 0.5 (51 of 101 points), 2/3 behind it (50 points).
  const PictureResult picture =
      MatchBoxes({Found(0, 0, 10, 10, 0.9F), Found(50, 50, 60, 60, 0.8F), Found(20, 20, 30, 30, 0.7F)},
                 {There(0, 0, 10, 10), There(20, 20, 30, 30)});
  const double expected = (51.0 + 50.0 * 2.0 / 3.0) / 101.0;
  EXPECT_NEAR(MeansOf({picture}).at_50, expected, 1e-12);
  EXPECT_NEAR(MeansOf({picture}).at_50_to_95, expected, 1e-12);
}

TEST(AveragePrecisionTest, AnOverlapCountsUpToItsThreshold) {
  // 80 common of 120: IoU 2/3 reaches 0.50, 0.55, 0.60 and 0.65 of the ten thresholds.
  const PictureResult picture = MatchBoxes({Found(2, 0, 12, 10, 0.9F)}, {There(0, 0, 10, 10)});
  EXPECT_NEAR(MeansOf({picture}).at_50, 1.0, 1e-12);
  EXPECT_NEAR(MeansOf({picture}).at_50_to_95, 0.4, 1e-12);
}

TEST(AveragePrecisionTest, AnObjectThatNobodyFoundEndsTheCurve) {
  // One of four objects: recall 0.25, 26 of 101 points.
  const PictureResult picture = MatchBoxes({Found(0, 0, 10, 10, 0.9F)}, {There(0, 0, 10, 10), There(20, 0, 30, 10),
                                                                         There(40, 0, 50, 10), There(60, 0, 70, 10)});
  EXPECT_NEAR(MeansOf({picture}).at_50, 26.0 / 101.0, 1e-12);
}

TEST(AveragePrecisionTest, EqualScoresKeepTheOrderOfThePictures) {
  const PictureResult right = MatchBoxes({Found(0, 0, 10, 10, 0.5F)}, {There(0, 0, 10, 10)});
  const PictureResult wrong = MatchBoxes({Found(0, 0, 10, 10, 0.5F)}, {});
  EXPECT_NEAR(MeansOf({right, wrong}).at_50, 1.0, 1e-12);
  EXPECT_NEAR(MeansOf({wrong, right}).at_50, 0.5, 1e-12);
}

TEST(AveragePrecisionTest, TheMeanIsOverClassesThatHaveObjects) {
  // Class 3 is found in full, class 1 not at all, class 2 is predicted but never there.
  const PictureResult picture = MatchBoxes({Found(0, 0, 10, 10, 0.9F, 3), Found(0, 0, 10, 10, 0.8F, 2)},
                                           {There(0, 0, 10, 10, 3), There(5, 5, 9, 9, 1)});
  EXPECT_NEAR(MeansOf({picture}).at_50_to_95, 0.5, 1e-12);
}

TEST(AveragePrecisionTest, BoxesInACrowdAreNeitherRightNorWrong) {
  const std::vector<Object> objects = {There(0, 0, 100, 100, 0, true), There(200, 0, 210, 10)};
  const PictureResult picture =
      MatchBoxes({Found(0, 0, 10, 10, 0.9F), Found(20, 20, 30, 30, 0.8F), Found(200, 0, 210, 10, 0.7F)}, objects);
  EXPECT_EQ(picture.boxes[0].ignored, 0x3ff);
  EXPECT_EQ(picture.boxes[1].ignored, 0x3ff) << "a crowd is taken more than once";
  EXPECT_NEAR(MeansOf({picture}).at_50_to_95, 1.0, 1e-12);
  EXPECT_EQ(picture.objects, (std::vector<std::pair<int, int>>{{0, 1}}));
}

TEST(AveragePrecisionTest, OneObjectIsFoundOnce) {
  const PictureResult picture =
      MatchBoxes({Found(0, 0, 10, 10, 0.9F), Found(0, 0, 10, 9, 0.8F)}, {There(0, 0, 10, 10)});
  EXPECT_EQ(picture.boxes[0].hits, 0x3ff);
  EXPECT_EQ(picture.boxes[1].hits, 0);
}

TEST(AveragePrecisionTest, AtMostAHundredBoxesOfAClassCountInAPicture) {
  std::vector<Detection> detections;
  for (int i = 0; i < 150; ++i) detections.push_back(Found(20, 20, 30, 30, 0.9F - 0.001F * static_cast<float>(i)));
  detections.push_back(Found(0, 0, 10, 10, 0.1F));
  const PictureResult picture = MatchBoxes(detections, {There(0, 0, 10, 10)});
  EXPECT_EQ(picture.boxes.size(), 100U);
  EXPECT_EQ(MeansOf({picture}).at_50, 0.0);
}

TEST(AveragePrecisionTest, NoObjectsAtAllGiveNoNumber) {
  EXPECT_TRUE(std::isnan(MeansOf({MatchBoxes({Found(0, 0, 10, 10, 0.9F)}, {})}).at_50_to_95));
}

// COCO's definition, threshold by threshold, every detection a point of the curve.
struct LabelledPicture {
  std::vector<Detection> detections;  // by falling score
  std::vector<Object> objects;        // no crowds
};

std::vector<bool> PlainHits(const LabelledPicture& picture, int label, double threshold) {
  std::vector<bool> taken(picture.objects.size(), false);
  std::vector<bool> hits;
  for (const Detection& detection : picture.detections) {
    if (detection.label != label) continue;
    int best = -1;
    double best_overlap = threshold;
    for (size_t i = 0; i < picture.objects.size(); ++i) {
      if (picture.objects[i].label != label || taken[i]) continue;
      const double overlap = IntersectionOverUnion(detection.box, picture.objects[i].box);
      if (overlap < best_overlap) continue;
      best = static_cast<int>(i);
      best_overlap = overlap;
    }
    if (best >= 0) taken[static_cast<size_t>(best)] = true;
    hits.push_back(best >= 0);
  }
  return hits;
}

double PlainPrecision(const std::vector<LabelledPicture>& pictures, int label, double threshold) {
  struct Scored {
    float score;
    bool hit;
  };
  std::vector<Scored> all;
  double objects = 0;
  for (const LabelledPicture& picture : pictures) {
    const std::vector<bool> hits = PlainHits(picture, label, threshold);
    size_t at = 0;
    for (const Detection& detection : picture.detections) {
      if (detection.label == label) all.push_back({detection.score, hits[at++]});
    }
    for (const Object& object : picture.objects) objects += object.label == label ? 1 : 0;
  }
  if (objects == 0) return -1.0;
  std::stable_sort(all.begin(), all.end(), [](const Scored& a, const Scored& b) { return a.score > b.score; });
  std::vector<double> recall;
  std::vector<double> precision;
  double right = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    right += all[i].hit ? 1 : 0;
    recall.push_back(right / objects);
    precision.push_back(right / static_cast<double>(i + 1));
  }
  for (size_t i = precision.size(); i > 1; --i) precision[i - 2] = std::max(precision[i - 2], precision[i - 1]);
  double sum = 0;
  for (int i = 0; i <= 100; ++i) {
    const auto place = std::lower_bound(recall.begin(), recall.end(), i * 0.01);
    if (place != recall.end()) sum += precision[static_cast<size_t>(place - recall.begin())];
  }
  return sum / 101;
}

double PlainMean(const std::vector<LabelledPicture>& pictures, int classes) {
  double sum = 0;
  int counted = 0;
  for (int label = 0; label < classes; ++label) {
    for (int t = 0; t < 10; ++t) {
      const double precision = PlainPrecision(pictures, label, 0.5 + t * ((0.95 - 0.5) / 9));
      if (precision < 0) continue;
      sum += precision;
      ++counted;
    }
  }
  return sum / counted;
}

std::vector<LabelledPicture> RandomPictures(int count, std::mt19937& random) {
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<uint32_t>(below)); };
  std::vector<LabelledPicture> pictures(static_cast<size_t>(count));
  for (LabelledPicture& picture : pictures) {
    for (int i = number(5); i > 0; --i) {
      const int left = number(80);
      const int top = number(80);
      picture.objects.push_back(There(left, top, left + 10 + number(20), top + 10 + number(20), number(3)));
    }
    for (const Object& object : picture.objects) {
      for (int i = number(3); i > 0; --i) {
        Corners box = object.box;
        box.left += number(5);
        box.bottom -= number(5);
        picture.detections.push_back({box, 0.1F * static_cast<float>(number(10)), number(8) == 0 ? 2 : object.label});
      }
    }
    for (int i = number(4); i > 0; --i) {
      picture.detections.push_back(
          Found(0, 0, 10 + number(80), 10 + number(80), 0.1F * static_cast<float>(number(10)), number(3)));
    }
    std::stable_sort(picture.detections.begin(), picture.detections.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
  }
  return pictures;
}

TEST(AveragePrecisionTest, RandomPicturesGiveWhatTheDefinitionSays) {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    const std::vector<LabelledPicture> pictures = RandomPictures(8, random);
    std::vector<PictureResult> results;
    for (const LabelledPicture& picture : pictures) results.push_back(MatchBoxes(picture.detections, picture.objects));
    EXPECT_NEAR(MeansOf(results).at_50_to_95, PlainMean(pictures, 3), 1e-12) << "round " << round;
  }
}

TEST(AveragePrecisionTest, APictureTakenTwiceCountsLikeTwoOfThem) {
  std::mt19937 random(6);
  for (int round = 0; round < 20; ++round) {
    std::vector<LabelledPicture> pictures = RandomPictures(6, random);
    float lower = 0.0F;  // copies of a picture keep the order of its boxes where all scores differ
    for (LabelledPicture& picture : pictures) {
      for (Detection& detection : picture.detections) detection.score -= lower += 1e-5F;
    }
    const std::vector<int> times = {1, 0, 2, 3, 0, 1};
    std::vector<PictureResult> results;
    std::vector<LabelledPicture> taken;
    for (size_t i = 0; i < pictures.size(); ++i) {
      results.push_back(MatchBoxes(pictures[i].detections, pictures[i].objects));
      for (int n = 0; n < times[i]; ++n) taken.push_back(pictures[i]);
    }
    EXPECT_NEAR(AveragePrecision(results).Of(times).at_50_to_95, PlainMean(taken, 3), 1e-12) << "round " << round;
  }
}

}  // namespace
}  // namespace lockstep::evaluate
