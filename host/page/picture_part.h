// What the model does with pictures: the values and differences of every layer on the first, the outputs of all.
#pragma once

#include <filesystem>
#include <functional>

#include "input/data_list.h"
#include "page/page_data.h"

namespace lockstep::page {

struct PictureOptions {
  std::filesystem::path onnx;  // empty: frontend/optimized.onnx beside the model
  input::DataSources data;     // pictures, or other inputs of the model
  int count = 3;               // of the sets, evenly spread
  int threads = 0;             // 0: all cores
};

// Runs the joint model and the float network. Throws UsageError without the network, BadInput for pictures that cannot
// be read.
void AddPictures(const std::filesystem::path& model, const PictureOptions& options, PageData& page,
                 const std::function<void(int done, int total)>& progress);

}  // namespace lockstep::page
