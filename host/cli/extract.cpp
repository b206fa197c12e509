// lockstep extract: one layer of a joint model as a model of its own.
#include "extract/extract.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "settings/command_line.h"

namespace lockstep::cli {
namespace {

struct Flags {
  extract::ExtractOptions options;
  std::vector<std::string> data;
  bool quiet = false;
};

int Extract(Flags& flags) {
  for (const std::string& source : flags.data) {
    const auto [name, path] = settings::ParseNamedPath(source);
    flags.options.data.push_back({name, path});
  }
  report::Progress progress(stderr, 1, flags.quiet);
  progress.Step("extract");
  const extract::ExtractResult result =
      extract::Extract(flags.options, [&](int done, int total) { progress.Advance(done, total); });
  progress.Finish();
  const extract::ExtractedLayer& layer = result.layers.front();
  const std::string folder = flags.options.output_folder.string();
  std::string data;
  for (const auto& input : layer.inputs) data += " " + (flags.options.output_folder / input).string();
  std::printf(
      "layer %d %s (%s), fed with what it reads for %s\nwrote %s/%s\nrun it with\n  cd %s && %s\n  lockstep crosscheck "
      "%s/%s --data",
      layer.index, layer.name.c_str(), layer.op.c_str(), result.data.c_str(), folder.c_str(), layer.model.c_str(),
      folder.c_str(), extract::RunJointLine(layer).c_str(), folder.c_str(), layer.model.c_str());
  std::string sources;
  for (const auto& input : layer.inputs)
    sources += (sources.empty() ? "" : ";") + (flags.options.output_folder / input).string();
  std::printf(" \"%s\" --board local\n", sources.c_str());
  const bool by_channel = std::any_of(layer.channel_scales.begin(), layer.channel_scales.end(),
                                      [](const std::vector<double>& scales) { return !scales.empty(); });
  if (by_channel) {
    std::printf(
        "note: its output has a scale for each channel, which stand in %s/layers.json: `lockstep split --compare %s` "
        "shows real values, the model by itself counts in levels\n",
        folder.c_str(), folder.c_str());
  }
  return kGood;
}

}  // namespace

void AddExtract(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "extract", "one layer of a joint model as a model of its own, with its inputs and what it must give");
  auto flags = std::make_shared<Flags>();
  command->add_option("model", flags->options.model, "the joint model")->required();
  command->add_option("--layer", flags->options.layer, "its number or name")->required();
  command->add_option("--data", flags->data,
                      "what the network is fed with: a picture, .bin or .npy file, or NAME=FILE for each input "
                      "(default: random bytes)");
  command->add_option("--output-dir", flags->options.output_folder, "gets model, inputs and expected outputs")
      ->required();
  command->add_flag("-q,--quiet", flags->quiet, "no progress");
  command->footer("example:\n  lockstep extract out/yolov8n.joint --layer 12 --data street.jpg --output-dir layer12");
  command->callback([flags, &status] { status = Extract(*flags); });
}

}  // namespace lockstep::cli
