// A calibration file that was changed where nobody is asked to change it.
#include <gtest/gtest.h>

#include "graph/error.h"
#include "sample_file.h"
#include "support/temporary_test_folder.h"

namespace lockstep::calibration {
namespace {

class Kinds : public testing::FolderTest {
 protected:
  // What reading says of the file with `value` at the pointer; "" if nothing.
  std::string Message(const std::string& pointer, const Json& value) const {
    Json file = SampleFile();
    file[Json::json_pointer(pointer)] = value;
    WriteText(Path("calibration.json"), file.dump());
    try {
      ReadCalibrationFile(Path("calibration.json").string());
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(Kinds, TheSampleIsRead) { EXPECT_EQ(Message("/version", 1), ""); }

TEST_F(Kinds, EveryFieldThatIsReadIsOfItsKind) {
  const struct {
    const char* pointer;
    Json value;
  } mistakes[] = {
      {"/network/digest", 5},
      {"/network/file", Json::array()},
      {"/calibration/digest", 5},
      {"/tensors/y/calibrated", 3},
      {"/tensors/y/calibrated/type", 8},
      {"/tensors/y/calibrated/bits", "8"},
      {"/tensors/y/calibrated/bits", -1},
      {"/tensors/y/calibrated/range", {1.0}},
      {"/tensors/y/calibrated/scale", -0.5},
      {"/tensors/y/calibrated/zero_point", 4294967424},
      {"/tensors/y/calibrated/seen", Json::array()},
      {"/tensors/y/calibrated/observer", 1},
      {"/tensors/y/calibrated/parts", {{"a", 1}}},
      {"/tensors/z/same_as", 4},
      {"/nodes/conv/op", 1},
      {"/nodes/conv/output", 1},
      {"/nodes/conv/onnx_nodes", {1, 2}},
      {"/nodes/conv/calibrated", 3},
      {"/nodes/conv/calibrated/float", 1},
      {"/nodes/conv/calibrated/weight_bits", "8"},
      {"/nodes/conv/calibrated/weight_range", 1},
      {"/nodes/conv/calibrated/weight_scales", false},
  };
  for (const auto& mistake : mistakes) {
    const std::string text = Message(mistake.pointer, mistake.value);
    const std::string field = std::string(mistake.pointer).substr(std::string(mistake.pointer).rfind('/') + 1);
    EXPECT_NE(text.find("calibration.json: "), std::string::npos) << mistake.pointer << ": " << text;
    EXPECT_NE(text.find(field + " is "), std::string::npos) << mistake.pointer << ": " << text;
    EXPECT_NE(text.find("it must be "), std::string::npos) << mistake.pointer << ": " << text;
  }
}

}  // namespace
}  // namespace lockstep::calibration
