#include "input/pictures/picture_structure.h"

#include <gtest/gtest.h>

#include "picture_files.h"

namespace lockstep::input {
namespace {

class PictureStructure : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { cv::imencode(GetParam(), ColorfulPicture(40, 56), bytes_); }
  std::vector<uint8_t> bytes_;
};

TEST_P(PictureStructure, WholeFile) { EXPECT_FALSE(IsCutShort(bytes_.data(), bytes_.size())); }

TEST_P(PictureStructure, EveryCutBehindTheSignatureIsFound) {
  for (size_t size = 8; size < bytes_.size(); ++size) {
    EXPECT_TRUE(IsCutShort(bytes_.data(), size)) << "cut to " << size << " of " << bytes_.size() << " bytes";
  }
}

TEST_P(PictureStructure, BytesBehindTheEndAreAllowed) {
  bytes_.insert(bytes_.end(), {0, 1, 2, 3});
  EXPECT_FALSE(IsCutShort(bytes_.data(), bytes_.size()));
}

INSTANTIATE_TEST_SUITE_P(Formats, PictureStructure, testing::Values(".jpg", ".png", ".bmp", ".webp"),
                         [](const auto& tested) { return std::string(tested.param + 1); });

TEST(JpegStructure, AnEmbeddedEndDoesNotCount) {
  // An application segment that holds FF D9, as a thumbnail would, and nothing behind it.
  const std::vector<uint8_t> bytes{0xff, 0xd8, 0xff, 0xe1, 0x00, 0x04, 0xff, 0xd9};
  EXPECT_TRUE(IsCutShort(bytes.data(), bytes.size()));
}

TEST(PictureStructureOfOthers, NothingIsSaid) {
  const std::vector<uint8_t> text{'P', '6', '\n', '1', ' ', '1', '\n'};
  EXPECT_FALSE(IsCutShort(text.data(), text.size()));
  EXPECT_FALSE(IsCutShort(text.data(), 0));
}

}  // namespace
}  // namespace lockstep::input
