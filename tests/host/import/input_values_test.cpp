// Inputs that have one value always.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "graph/error.h"
#include "import/onnx_import.h"
#include "onnx_writer.h"

namespace lockstep::importer {
namespace {

using onnx::TensorProto;

// y = x + k as a float, for an input k of a type; nothing reads the input `idle`.
OnnxWriter WithNumber(int32_t type) {
  OnnxWriter writer(17);
  writer.Input("x", {2}).Input("k", {1}, type).Input("idle", {1}).Output("y");
  SetInt(writer.Node("Cast", {"k"}, {"number"}), "to", TensorProto::FLOAT);
  writer.Node("Add", {"x", "number"}, {"y"});
  return writer;
}

std::string ErrorOf(int32_t type, const std::map<std::string, double>& values) {
  const TemporaryFile file(WithNumber(type).Bytes());
  ImportOptions options;
  options.input_values = values;
  try {
    ImportOnnx(file.path(), options);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

void Expect(int32_t type, double value, const std::string& part) {
  const std::string text = ErrorOf(type, {{"k", value}});
  EXPECT_NE(text.find(part), std::string::npos) << text;
  const bool named = text.find("--input-value: input 'k' of '") != std::string::npos;
  EXPECT_EQ(named, part != "no error") << text;
}

TEST(InputValues, AreWithinTheirType) {
  struct Limits {
    int32_t type;
    double low, high;
    const char* text;
  };
  const Limits all[] = {
      {TensorProto::INT8, -128, 127, "holds integers from -128 to 127 (INT8), not "},
      {TensorProto::UINT8, 0, 255, "holds integers from 0 to 255 (UINT8), not "},
      {TensorProto::INT16, -32768, 32767, "holds integers from -32768 to 32767 (INT16), not "},
      {TensorProto::UINT16, 0, 65535, "holds integers from 0 to 65535 (UINT16), not "},
      {TensorProto::INT32, -2147483648.0, 2147483647.0, "holds integers from -2147483648 to 2147483647 (INT32), not "},
      {TensorProto::UINT32, 0, 4294967295.0, "holds integers from 0 to 4294967295 (UINT32), not "},
      {TensorProto::INT64, -9007199254740992.0, 9007199254740992.0, "9007199254740992 (INT64), not "},
      {TensorProto::UINT64, 0, 9007199254740992.0, "holds integers from 0 to 9007199254740992 (UINT64), not "}};
  for (const Limits& limits : all) {
    Expect(limits.type, limits.low, "no error");
    Expect(limits.type, limits.high, "no error");
    const double step = limits.high > 1e15 ? 2.0 : 1.0;
    Expect(limits.type, limits.high + step, limits.text);
    Expect(limits.type, limits.low - step, limits.text);
    Expect(limits.type, 0.5, "holds integers (");
    Expect(limits.type, std::nan(""), limits.text);
    Expect(limits.type, std::numeric_limits<double>::infinity(), limits.text);
    Expect(limits.type, -std::numeric_limits<double>::infinity(), limits.text);
  }
  Expect(TensorProto::UINT8, 300, "(UINT8), not 300");
  Expect(TensorProto::BOOL, 1, "no error");
  Expect(TensorProto::BOOL, 2, "holds truth values, not 2");
  Expect(TensorProto::BOOL, std::nan(""), "holds truth values, not nan");
}

TEST(InputValues, OfFloatsHaveAnEndToo) {
  Expect(TensorProto::FLOAT, 0.5, "no error");
  Expect(TensorProto::FLOAT, 1e39, "(FLOAT), not 1e+39");
  Expect(TensorProto::FLOAT, std::nan(""), "(FLOAT), not nan");
  Expect(TensorProto::DOUBLE, 1e39, "(DOUBLE), not 1e+39");
  Expect(TensorProto::FLOAT16, 65504, "no error");
  Expect(TensorProto::FLOAT16, 65505, "holds floating point numbers from -65504 to 65504 (FLOAT16), not 65505");
}

TEST(InputShapes, AreNoLargerThanATensorCanBe) {
  OnnxWriter writer(17);
  writer.Input("x", {3, int64_t{1} << 40, 2}).Output("y").Node("ReduceL1", {"x"}, {"y"});
  const TemporaryFile file(writer.Bytes());
  try {
    ImportOnnx(file.path(), {});
    FAIL() << "no error";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("its input 'x' is 3x1099511627776x2, more than"), std::string::npos)
        << error.what();
  }
}

TEST(InputValues, ANameThatIsNoInputIsToldWhichThereAre) {
  const std::string text = ErrorOf(TensorProto::INT64, {{"something_else", 1.0}});
  EXPECT_NE(text.find("has no input \"something_else\"; it must be one of x, k"), std::string::npos) << text;
  EXPECT_NE(ErrorOf(TensorProto::INT64, {{"number", 1.0}}).find("has no input \"number\""), std::string::npos)
      << "a tensor is none";
}

TEST(InputValues, AnInputThatNothingReadsIsOne) {
  const std::string text = ErrorOf(TensorProto::INT64, {{"idle", 1.0}});
  EXPECT_NE(text.find("reads its input \"idle\"; leave it out"), std::string::npos) << text;
  const TemporaryFile file(WithNumber(TensorProto::INT64).Bytes());
  ImportOptions options;
  options.input_shapes = {{"idle", {1}}};
  try {
    ImportOnnx(file.path(), options);
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("--input-shape: nothing of '"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep::importer
