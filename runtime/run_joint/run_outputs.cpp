#include "run_joint/run_outputs.h"

#include <cstdio>

#include "base/memory.h"
#include "base/output_file.h"
#include "run_joint/run_inputs.h"

namespace lockstep {

Status WriteOutputs(const Model& model, const RunOutputs& outputs, const String& folder) {
  for (size_t i = 0; i < outputs.bytes.size(); ++i) {
    const TensorInfo info = model.tensor(model.output_tensor(static_cast<int32_t>(i)));
    const String path = folder + "/" + outputs.files[i];
    LOCKSTEP_RETURN_IF_ERROR(WriteWholeFile(path, outputs.bytes[i], static_cast<size_t>(info.bytes)));
    std::printf("wrote       %s\n", path.c_str());
  }
  return Status::Ok();
}

Status VerifyOutputs(const Model& model, const RunOutputs& outputs, const String& folder) {
  for (size_t i = 0; i < outputs.bytes.size(); ++i) {
    const TensorInfo info = model.tensor(model.output_tensor(static_cast<int32_t>(i)));
    const String path = folder + "/" + outputs.files[i];
    const auto bytes = static_cast<size_t>(info.bytes);
    Array<uint8_t> expected;
    LOCKSTEP_RETURN_IF_ERROR(expected.Make(bytes, path.c_str()));
    LOCKSTEP_RETURN_IF_ERROR(
        ReadExactly(path, expected.data(), info.bytes, String("output '") + info.name + "' (" + Describe(info) + ")"));
    const auto* actual = static_cast<const uint8_t*>(outputs.bytes[i]);
    size_t first = bytes;
    size_t count = 0;
    for (size_t j = 0; j < bytes; ++j) {
      if (actual[j] == expected[j]) continue;
      if (count == 0) first = j;
      ++count;
    }
    if (count == 0) {
      std::printf("verified    %s: equal\n", path.c_str());
      continue;
    }
    return Status::Error(StatusCode::kDiffers,
                         "%s: differs in %llu of %llu bytes, first at offset %llu: expected 0x%02x, got 0x%02x",
                         path.c_str(), static_cast<unsigned long long>(count), static_cast<unsigned long long>(bytes),
                         static_cast<unsigned long long>(first), expected[first], actual[first]);
  }
  return Status::Ok();
}

}  // namespace lockstep
