// write_network FILE [large|part|floats|deep]: the small network, which has all operators, with a test vector of each
// kind; a network whose arena needs 128 MB; one of Conv and Add alone; one of an Add of floats; one of a 3x3 Conv and a
// DepthwiseConv of 32 channels, whose scratch and tables differ by the instruction set.
#include <cstdio>
#include <cstring>

#include "support/test_vector.h"

namespace {

using namespace lockstep;  // NOLINT(google-build-using-namespace)

std::vector<uint8_t> Large() {
  test::NetworkBuilder builder(1, "large");
  builder.Output(builder.Lookup(builder.Input({1, 8192, 8192, 1})));
  return test::Write(builder.Finish());
}

std::vector<uint8_t> Part() {
  test::NetworkBuilder builder(2, "part");
  const int x = builder.Conv(builder.Input({1, 16, 16, 3}), {});
  builder.Output(builder.Add(x, builder.Conv(x, {})));
  return test::Write(test::WithTestVector(builder.Finish(), 5, false));
}

std::vector<uint8_t> Floats() {
  test::NetworkBuilder builder(3, "floats");
  const int x = builder.Dequantize(builder.Input({1, 4, 4, 3}));
  builder.Output(builder.FloatAdd(x, x));
  return test::Write(test::WithTestVector(builder.Finish(), 5, false));
}

std::vector<uint8_t> Deep() {
  test::NetworkBuilder builder(4, "deep");
  test::ConvShape shape;
  shape.oc = 32;
  const int x = builder.Conv(builder.Input({1, 40, 40, 32}), shape);
  builder.Output(builder.DepthwiseConv(x, {}));
  return test::Write(test::WithTestVector(builder.Finish(), 5, false));
}

std::vector<uint8_t> Small() {
  return test::Write(test::WithTestVector(test::WithTestVector(test::SmallNetwork(), 77, false), 78, true));
}

}  // namespace

int main(int argc, char** argv) {
  const struct {
    const char* name;
    std::vector<uint8_t> (*write)();
  } networks[] = {{"small", Small}, {"large", Large}, {"part", Part}, {"floats", Floats}, {"deep", Deep}};
  const char* wanted = argc == 3 ? argv[2] : "small";
  for (const auto& network : networks) {
    if (argc < 2 || argc > 3 || std::strcmp(network.name, wanted) != 0) continue;
    std::FILE* file = std::fopen(argv[1], "wb");
    if (file == nullptr) return 2;
    const std::vector<uint8_t> bytes = network.write();
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return std::fclose(file) == 0 && written ? 0 : 1;
  }
  return 2;
}
