// A board made by code that computes as the reference engine does, but for planted faults, whose effects go on through
// the network. It knows packed inputs and dumps of every level, as run_joint does.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "boards/board.h"
#include "dump/dump.h"
#include "engine/reference/joint_model.h"
#include "files/digest.h"
#include "files/output_file.h"
#include "graph/error.h"
#include "report/json_text.h"

namespace lockstep::crosscheck {

class FaultyBoard : public boards::Board {
 public:
  using Fault = std::function<void(int layer, std::vector<uint8_t>& bytes)>;

  std::string called = "faulty";
  std::string name() const override { return called; }
  std::vector<boards::BoardFact> Check() override { return {}; }
  std::string Push(const std::filesystem::path& /*file*/) override { return ""; }
  std::vector<std::string> Shell() override { return {}; }
  uint64_t DumpRoom() override { return room; }

  std::string Run(const boards::BoardJob& job) override {
    jobs.push_back(job);
    if (breaks_when_fed && !job.inject_folder.empty()) throw BoardError("faulty: the cable is out");
    engine::JointModel joint(job.model.string());
    std::vector<std::vector<uint8_t>> inputs;
    std::map<int32_t, std::vector<uint8_t>> values;
    for (const auto& input : job.inputs) {
      values[joint.model().inputs()->Get(static_cast<uint32_t>(inputs.size()))->tensor()] = files::ReadFile(input);
      inputs.push_back(files::ReadFile(input));
    }
    const std::map<std::pair<int, int>, std::vector<uint8_t>> fed = ReadPack(job.inject_folder);
    dump::DumpOptions options;
    options.digests_only = job.digests_only;
    options.layers = job.layers;
    dump::DumpWriter dump(job.dump_folder, dump::DescribeModel(joint.model(), "runtime", "faulty"), options);
    std::map<int, nlohmann::ordered_json> read;
    joint.engine().Run(inputs, [&](int index, int output_index, const joint::Layer& layer, const joint::Tensor& output,
                                   const uint8_t* data) {
      for (const int32_t tensor : *layer.inputs()) {
        if (output_index != 0 || values.count(tensor) == 0) continue;
        const std::vector<uint8_t>& value = values.at(tensor);
        read[index].push_back({{"md5", files::Md5Hex(value.data(), value.size())}});
      }
      std::vector<uint8_t> bytes(data, data + output.bytes());
      if (kernel) kernel(index, bytes);
      if (state && job.inject_folder.empty()) state(index, bytes);
      const dump::DumpLayer described = dump::DescribeLayer(index, output_index, layer, output);
      dump.Add(described, bytes.data(), bytes.size());
      const auto packed = fed.find(described.Place());
      if (packed != fed.end()) {
        bytes = packed->second;
      } else if (overwrite) {
        overwrite(index, bytes);
      }
      std::memcpy(const_cast<uint8_t*>(data), bytes.data(), bytes.size());  // what the layers behind read
      values[layer.outputs()->Get(static_cast<uint32_t>(output_index))] = bytes;
    });
    dump.Finish();
    if (job.dump_inputs) AddInputs(job.dump_folder, read);
    return "";
  }

  Fault kernel;     // changes what a layer gives, whatever it reads
  Fault overwrite;  // changes it when it was dumped, before others read it
  Fault state;      // changes what a layer gives in the whole network alone
  bool breaks_when_fed = false;
  uint64_t room = UINT64_MAX;
  std::vector<boards::BoardJob> jobs;
  std::vector<uint64_t> packs;  // bytes of each

 private:
  std::map<std::pair<int, int>, std::vector<uint8_t>> ReadPack(const std::filesystem::path& folder) {
    std::map<std::pair<int, int>, std::vector<uint8_t>> fed;
    if (folder.empty()) return fed;
    const std::vector<uint8_t> tensors = files::ReadFile(folder / "tensors.bin");
    packs.push_back(tensors.size());
    const auto json = report::ParseJson(files::ReadFile(folder / "manifest.json"), "pack");
    const auto& layers = json.at("layers");
    for (size_t i = 0; i < layers.size(); ++i) {
      const auto begin = layers[i].at("offset").get<size_t>();
      const size_t end = i + 1 < layers.size() ? layers[i + 1].at("offset").get<size_t>() : tensors.size();
      const std::vector<uint8_t> bytes(tensors.begin() + static_cast<std::ptrdiff_t>(begin),
                                       tensors.begin() + static_cast<std::ptrdiff_t>(end));
      if (files::Md5Hex(bytes.data(), bytes.size()) != layers[i].at("md5")) throw BoardError("faulty: a damaged pack");
      fed[{layers[i].at("index").get<int>(), layers[i].value("output", -1)}] = bytes;
    }
    return fed;
  }

  static void AddInputs(const std::filesystem::path& folder, const std::map<int, nlohmann::ordered_json>& read) {
    auto json = report::ParseJson(files::ReadFile(folder / "manifest.json"), "dump");
    for (auto& layer : json.at("layers")) layer["inputs"] = read.at(layer.at("index").get<int>());
    files::WriteFile(folder / "manifest.json", report::JsonText(json, 1));
  }
};

}  // namespace lockstep::crosscheck
