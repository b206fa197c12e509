// Networks of depthwise convolutions with heavy tails: Lockstep's models beside QDQ models made as ONNX Runtime's
// static quantiser makes them and run there. How far each is from the float network, on pictures that no calibration
// saw.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "boards/process.h"
#include "depthwise_networks.h"
#include "files/output_file.h"
#include "import/onnx_export.h"
#include "support/small_detector.h"
#include "support/temporary_test_folder.h"

namespace lockstep::oracle {
namespace {

namespace fs = std::filesystem;

constexpr double kTheSame = 0.5;  // dB: models of the same ranges differ in how weights and biases are rounded

class StaticQuantizer : public testing::FolderTest {
 protected:
  void SetUp() override {
    testing::WritePictures(Path("pictures"), 8);
    testing::WritePictures(Path("others"), 16, 2);
  }

  static void Run(const std::vector<std::string>& arguments) {
    const boards::ProcessResult result = boards::RunProcess(arguments, {}, std::chrono::seconds(300));
    ASSERT_EQ(result.status, 0) << arguments[1] << " " << result.out << result.err;
  }
  void Lockstep(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), LOCKSTEP_PROGRAM);
    Run(arguments);
  }
  static void Quantizer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {LOCKSTEP_PYTHON, LOCKSTEP_QUANTIZER});
    Run(arguments);
  }

  // The mean over the outputs of the error's share of the energy, in dB. Files of the same names are compared.
  double Sqnr(const std::string& folder) const {
    std::map<std::string, std::pair<double, double>> energies;  // error and output, by output
    for (const fs::directory_entry& entry : fs::directory_iterator(Path("float"))) {
      const std::string name = entry.path().filename().string();
      const std::vector<float> wanted = Floats(entry.path());
      const std::vector<float> given = Floats(Path(folder) / name);
      EXPECT_EQ(wanted.size(), given.size()) << name;
      auto& [error, energy] = energies[name.substr(std::strlen("picture_00"))];
      for (size_t i = 0; i < std::min(wanted.size(), given.size()); ++i) {
        error += std::pow(static_cast<double>(wanted[i]) - given[i], 2);
        energy += std::pow(static_cast<double>(wanted[i]), 2);
      }
    }
    double share = 0.0;
    for (const auto& [output, pair] : energies) share += pair.first / pair.second;
    EXPECT_FALSE(energies.empty());
    return -10.0 * std::log10(share / static_cast<double>(energies.size()));
  }

  double Built(const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> build = {"build",         "-q",
                                      "--input",       Path("net.onnx").string(),
                                      "--output-dir",  Path(name + "_out").string(),
                                      "--calibration", Path("pictures").string()};
    build.insert(build.end(), more.begin(), more.end());
    Lockstep(build);
    Lockstep({"run", Path(name + "_out/net.joint").string(), "--data", Path("others").string(), "--output-folder",
              Path(name).string()});
    return Sqnr(name);
  }

  double InOnnxRuntime(const std::string& method) {
    Quantizer(
        {"quantize", Path("net.onnx").string(), Path("ranges.json").string(), method, Path(method + ".onnx").string()});
    Quantizer({"run", Path(method + ".onnx").string(), Path("in").string(), Path(method).string()});
    return Sqnr(method);
  }

  void IsAtLeastAsNear(const graph::Graph& network) {
    const std::string net = Path("net.onnx").string();
    importer::ExportOnnx(network, net);
    Lockstep({"run", net, "--data", Path("pictures").string(), "--save-inputs", Path("calibration").string()});
    Lockstep({"run", net, "--data", Path("others").string(), "--save-inputs", Path("in").string(), "--output-folder",
              Path("float").string()});
    Quantizer({"run", net, Path("in").string(), Path("float_there").string()});
    EXPECT_GE(Sqnr("float_there"), 80.0) << "the same network on the same inputs";
    Quantizer({"ranges", net, Path("calibration").string(), Path("ranges.json").string()});
    const double minmax = InOnnxRuntime("minmax");
    const double averaged = InOnnxRuntime("averaged");
    const double automatic = Built("auto", {});
    const double narrow = Built("int8", {"--precision", "int8"});
    const double narrow_averaged = Built("int8_averaged", {"--precision", "int8", "--observer", "moving_average"});
    std::printf("ONNX Runtime minmax %.1f dB, averaged %.1f; default %.1f, int8 minmax %.1f, moving average %.1f\n",
                minmax, averaged, automatic, narrow, narrow_averaged);
    EXPECT_GE(automatic, std::max(minmax, averaged) + 6.0);
    EXPECT_GE(narrow, minmax - kTheSame);
    EXPECT_GE(narrow_averaged, averaged - kTheSame);
  }

 private:
  static std::vector<float> Floats(const fs::path& file) {
    const std::vector<uint8_t> bytes = files::ReadFile(file);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
};

TEST_F(StaticQuantizer, SiluBlocks) { IsAtLeastAsNear(testing::SiluBlocks()); }
TEST_F(StaticQuantizer, HardSwishBlocks) { IsAtLeastAsNear(testing::HardSwishBlocks()); }
TEST_F(StaticQuantizer, DepthwiseDetector) { IsAtLeastAsNear(testing::DepthwiseDetector()); }

}  // namespace
}  // namespace lockstep::oracle
