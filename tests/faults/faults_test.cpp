// Plants one fault after another into this PC's runtime and reads what crosscheck says of it: one command each, and the
// layer and the cause that it names must be those of the fault.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "../host/cli/command_line.h"
#include "damaged_model.h"
#include "files/output_file.h"
#include "import/onnx_export.h"
#include "support/joint_models.h"
#include "support/small_detector.h"

namespace lockstep::faults {
namespace {

using nlohmann::json;

// A joint model with data for its inputs.
struct Network {
  std::string name;
  std::vector<uint8_t> file;
  std::unique_ptr<joint::ModelT> model;
  std::vector<std::string> data;  // behind --data
};

struct Case {
  std::string kind;
  size_t layer = 0;  // that is wrong
  int a = 0;
  int other = -1;  // the layer whose input is overwritten
};

bool Is(const joint::LayerT& layer, const std::set<joint::Options>& types) {
  return types.count(layer.options.type) != 0;
}

class FaultsTest : public testing::CommandLineTest {
 protected:
  void SetUp() override {
    AddMadeByCode("small", test::SmallNetwork());
    AddMadeByCode("floats", test::FloatNetwork());
    testing::WritePictures(Path("pictures"), 6);
    testing::WritePictures(Path("photo"), 1, 99);
    AddBuilt("detector", testing::SmallDetector());
    AddBuilt("mobile", testing::SmallMobileNetwork());
  }

  void AddMadeByCode(const std::string& name, const joint::ModelT& model) {
    Network network = {name, test::Write(model), nullptr, {}};
    network.model.reset(joint::GetModel(network.file.data())->UnPack());
    for (const auto& input : network.model->inputs) {
      const joint::TensorT& tensor = TensorOf(network, input->tensor);
      std::string bytes(tensor.bytes, 0);
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 73 + i / 7 * 29);
      const std::string file = name + "_" + std::to_string(network.data.size()) + ".bin";
      WriteText(Path(file), bytes);
      network.data.push_back(tensor.name + "=" + Path(file).string());
    }
    files::WriteFile(Path(name + ".joint"), network.file.data(), network.file.size());
    networks_.push_back(std::move(network));
  }

  void AddBuilt(const std::string& name, const graph::Graph& graph) {
    importer::ExportOnnx(graph, Path(name + ".onnx").string());
    const boards::ProcessResult built = Lockstep(
        {"build", "--input", Path(name + ".onnx"), "--output-dir", Path(name), "--calibration", Path("pictures")});
    ASSERT_EQ(built.status, 0) << built.err;
    std::filesystem::rename(Path(name + "/" + name + ".joint"), Path(name + ".joint"));
    Network network = {name, files::ReadFile(Path(name + ".joint")), nullptr, {Path("photo").string()}};
    network.model.reset(joint::GetModel(network.file.data())->UnPack());
    networks_.push_back(std::move(network));
  }

  const joint::TensorT& TensorOf(const Network& network, int32_t tensor) const {
    return *network.model->tensors[static_cast<size_t>(tensor)];
  }
  const joint::TensorT& OutputOf(const Network& network, size_t layer) const {
    return TensorOf(network, network.model->layers[layer]->outputs[0]);
  }
  // The layer that writes a tensor; -1: none.
  int WriterOf(const Network& network, int32_t tensor) const {
    for (size_t i = 0; i < network.model->layers.size(); ++i) {
      for (const int32_t output : network.model->layers[i]->outputs) {
        if (output == tensor) return static_cast<int>(i);
      }
    }
    return -1;
  }

  // The first layer from `begin` on that reads a tensor; there is one.
  size_t FirstReader(const Network& network, int32_t tensor, size_t begin) const {
    const auto reads = [&](const auto& layer) {
      return std::find(layer->inputs.begin(), layer->inputs.end(), tensor) != layer->inputs.end();
    };
    const auto& layers = network.model->layers;
    const auto first = layers.begin() + static_cast<std::ptrdiff_t>(begin);
    return static_cast<size_t>(std::find_if(first, layers.end(), reads) - layers.begin());
  }

  // Layers that do arithmetic; the others may have nothing to do but share memory.
  static bool Computes(const joint::LayerT& layer) {
    return !Is(layer, {joint::Options::Concat, joint::Options::Slice, joint::Options::Reshape, joint::Options::TopK,
                       joint::Options::NonMaxSuppression});
  }

  // The first, a middle and the last of the layers for which `suits` holds.
  template <typename Suitable>
  void Add(const Network& network, const std::string& kind, int a, Suitable suits, std::vector<Case>& cases) const {
    std::vector<size_t> found;
    for (size_t i = 0; i < network.model->layers.size(); ++i) {
      if (Computes(*network.model->layers[i]) && suits(i)) found.push_back(i);
    }
    if (found.empty()) return;
    const std::set<size_t> chosen = {found.front(), found[found.size() / 2], found.back()};
    for (const size_t layer : chosen) cases.push_back({kind, layer, a, -1});
  }

  std::vector<Case> WrongKernels(const Network& network) const {
    std::vector<Case> cases;
    const auto shape = [&](size_t i) { return OutputOf(network, i).shape; };
    const auto type = [&](size_t i) -> const joint::LayerT& { return *network.model->layers[i]; };
    const auto convolves = [&](size_t i) {
      return Is(type(i), {joint::Options::Conv, joint::Options::DepthwiseConv, joint::Options::ConvTranspose});
    };
    const auto is_image = [&](size_t i) { return shape(i).size() == 4 && shape(i)[2] >= 4 && shape(i)[3] >= 4; };
    Add(network, "last_unit", 0, convolves, cases);
    Add(network, "channel_tail", 1, is_image, cases);
    Add(network, "row_end", 1, is_image, cases);
    Add(
        network, "tile_edge", 4, [&](size_t i) { return is_image(i) && shape(i)[2] >= 8; }, cases);
    Add(network, "swapped_channels", 0, is_image, cases);
    Add(
        network, "offset", 0,
        [&](size_t i) {
          const joint::DType dtype = OutputOf(network, i).dtype;
          return dtype == joint::DType::U8 || dtype == joint::DType::U16;
        },
        cases);
    Add(network, "shifted_read", 0, convolves, cases);
    Add(
        network, "past_end", 3, [&](size_t i) { return convolves(i) || Is(type(i), {joint::Options::AveragePool}); },
        cases);
    Add(
        network, "contracted", 0,
        [&](size_t i) {
          return Is(type(i), {joint::Options::Conv}) && OutputOf(network, i).dtype == joint::DType::F32;
        },
        cases);
    for (const char* kind : {"truncates", "wrong_zero_point", "doubled"}) {
      Damage damage = Damage::kTruncates;
      DamageOf(kind, &damage);
      Add(
          network, kind, 0, [&](size_t i) { return Suits(damage, type(i)); }, cases);
    }
    return cases;
  }

  // A layer whose output lands on what another still has to read: written before it, read behind it.
  std::vector<Case> Overlaps(const Network& network) const {
    std::vector<Case> cases;
    for (size_t reader = 2; reader < network.model->layers.size(); ++reader) {
      const joint::LayerT& layer = *network.model->layers[reader];
      if (!Computes(layer)) continue;
      const int writer = WriterOf(network, layer.inputs[0]);
      if (writer < 0 || !Computes(*network.model->layers[static_cast<size_t>(writer)])) continue;
      for (size_t between = static_cast<size_t>(writer) + 1; between < reader; ++between) {
        if (!Computes(*network.model->layers[between])) continue;
        cases.push_back({"overlap", between, 0, static_cast<int>(reader)});
        break;
      }
    }
    if (cases.size() > 3) cases = {cases.front(), cases[cases.size() / 2], cases.back()};
    return cases;
  }

  // A layer behind another that computes, of an input of some size.
  std::vector<Case> EarlyStarts(const Network& network) const {
    std::vector<Case> cases;
    Add(
        network, "early_start", 0,
        [&](size_t i) {
          const int32_t input = network.model->layers[i]->inputs[0];
          const int writer = WriterOf(network, input);
          return writer >= 0 && Computes(*network.model->layers[static_cast<size_t>(writer)]) &&
                 TensorOf(network, input).bytes >= 64;
        },
        cases);
    return cases;
  }

  // Runs crosscheck with the fault in the board's program.
  json Crosscheck(const Network& network, const Case& planted) {
    const std::string layer = network.model->layers[planted.layer]->name;
    std::map<std::string, std::string> environment;
    Damage damage = Damage::kTruncates;
    if (DamageOf(planted.kind, &damage)) {
      const std::vector<uint8_t> damaged = WithDamage(network.file, damage, planted.layer);
      files::WriteFile(Path("damaged.joint"), damaged.data(), damaged.size());
      environment["LOCKSTEP_FAULT_MODEL"] = Path("damaged.joint").string();
    } else {
      environment["LOCKSTEP_FAULT"] = planted.kind + " " + layer + " " + std::to_string(planted.a);
      if (planted.other >= 0) {
        environment["LOCKSTEP_FAULT"] += " " + network.model->layers[static_cast<size_t>(planted.other)]->name;
      }
    }
    std::vector<std::string> arguments = {LOCKSTEP_PROGRAM, "crosscheck", Path(network.name + ".joint").string(),
                                          "--data"};
    arguments.insert(arguments.end(), network.data.begin(), network.data.end());
    arguments.insert(arguments.end(),
                     {"--board", "local", "--board-binary", LOCKSTEP_FAULTY, "--json", "-", "--quiet"});
    const boards::ProcessResult result = boards::RunProcess(arguments, environment, std::chrono::seconds(120));
    EXPECT_EQ(result.status, 1) << result.err << planted.kind << " " << layer << " of " << network.name;
    return result.status == 1 ? json::parse(result.out) : json();
  }

  // Plants each of the cases of every network; returns how many crosscheck looked at.
  template <typename CasesOf, typename Check>
  int ForEachFault(const CasesOf& cases_of, const Check& check) {
    int planted_faults = 0;
    for (const Network& network : networks_) {
      for (const Case& planted : cases_of(network)) {
        const json result = Crosscheck(network, planted);
        if (result.empty()) continue;  // it has failed already
        ++planted_faults;
        check(network, planted, result);
      }
    }
    std::printf("%d faults planted\n", planted_faults);
    return planted_faults;
  }

  std::vector<Network> networks_;
};

std::string Describe(const Network& network, const Case& planted, const json& result) {
  return network.name + ": " + planted.kind + " in " + network.model->layers[planted.layer]->name +
         (planted.other < 0 ? ""
                            : " over what is for " + network.model->layers[static_cast<size_t>(planted.other)]->name) +
         "\n" + (result.contains("text") ? result.at("text").get<std::string>() : "");
}

TEST_F(FaultsTest, AWrongKernelIsTheFirstThatDiffersAndTheOnlyOneThatIsWrong) {
  const auto cases = [this](const Network& network) { return WrongKernels(network); };
  const int planted_faults = ForEachFault(cases, [&](const Network& network, const Case& planted, const json& result) {
    const std::string& name = network.model->layers[planted.layer]->name;
    EXPECT_EQ(result.at("first_difference").at("name"), name) << Describe(network, planted, result);
    std::vector<std::string> wrong;
    for (const json& cause : result.at("boards").at(0).at("causes")) {
      if (cause.at("cause") == (planted.kind == "contracted" ? "rounding" : "wrong_kernel"))
        wrong.push_back(cause.at("name"));
    }
    EXPECT_EQ(wrong, std::vector<std::string>{name}) << Describe(network, planted, result);
  });
  EXPECT_GE(planted_faults, 60);
}

// What lies between layers leaves every kernel right.
TEST_F(FaultsTest, WhatIsOverwrittenBetweenLayersIsNoWrongKernel) {
  const auto cases = [this](const Network& network) { return Overlaps(network); };
  const int planted_faults = ForEachFault(cases, [&](const Network& network, const Case& planted, const json& result) {
    const int32_t victim = network.model->layers[static_cast<size_t>(planted.other)]->inputs[0];
    const std::string& reader = network.model->layers[FirstReader(network, victim, planted.layer + 1)]->name;
    bool named = false;
    for (const json& cause : result.at("boards").at(0).at("causes")) {
      EXPECT_NE(cause.at("cause"), "wrong_kernel") << Describe(network, planted, result);
      if (cause.at("cause") != "overwritten_input" || cause.at("name") != reader) continue;
      named = true;
      EXPECT_EQ(cause.at("tensor"), TensorOf(network, victim).name) << Describe(network, planted, result);
    }
    EXPECT_TRUE(named) << Describe(network, planted, result);
  });
  EXPECT_GE(planted_faults, 6);
}

TEST_F(FaultsTest, ALayerThatStartsTooEarlyIsRightByItself) {
  const auto cases = [this](const Network& network) { return EarlyStarts(network); };
  const int planted_faults = ForEachFault(cases, [&](const Network& network, const Case& planted, const json& result) {
    const std::string& name = network.model->layers[planted.layer]->name;
    EXPECT_EQ(result.at("first_difference").at("name"), name) << Describe(network, planted, result);
    for (const json& cause : result.at("boards").at(0).at("causes")) {
      EXPECT_EQ(cause.at("cause"), cause.at("name") == name ? "state" : "wrong_inputs")
          << cause << "\n"
          << Describe(network, planted, result);
    }
  });
  EXPECT_GE(planted_faults, 6);
}

TEST_F(FaultsTest, AModelThatIsNotThePCsIsSaidToBeAnother) {
  const Network& network = networks_.front();
  const auto crosscheck = [&](const std::map<std::string, std::string>& environment) {
    std::vector<std::string> arguments = {LOCKSTEP_PROGRAM, "crosscheck", Path(network.name + ".joint").string(),
                                          "--data"};
    arguments.insert(arguments.end(), network.data.begin(), network.data.end());
    arguments.insert(arguments.end(), {"--board", "local", "--board-binary", LOCKSTEP_FAULTY, "--quiet"});
    return boards::RunProcess(arguments, environment, std::chrono::seconds(120));
  };
  // The network of before has other weights and the same inputs.
  joint::ModelT before = test::SmallNetwork();
  before.constants.back()->data[0] ^= 1;
  const std::vector<uint8_t> stale = test::Write(before);
  files::WriteFile(Path("stale.joint"), stale.data(), stale.size());
  boards::ProcessResult result = crosscheck({{"LOCKSTEP_FAULT_MODEL", Path("stale.joint").string()}});
  EXPECT_EQ(result.status, 5) << result.err;
  EXPECT_NE(result.err.find("the board ran the model "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("give it the same file"), std::string::npos) << result.err;

  std::vector<uint8_t> corrupted = network.file;
  corrupted[corrupted.size() / 2] ^= 0x10;
  files::WriteFile(Path("corrupted.joint"), corrupted.data(), corrupted.size());
  result =
      crosscheck({{"LOCKSTEP_FAULT_MODEL", Path("corrupted.joint").string()}, {"LOCKSTEP_FAULT_DIGEST", "checked"}});
  EXPECT_EQ(result.status, 4) << result.err;
  EXPECT_NE(result.err.find("digest"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace lockstep::faults
