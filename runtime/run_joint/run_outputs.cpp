#include "run_joint/run_outputs.h"

#include <cstdio>
#include <new>

#include "core/dump_name.h"
#include "core/output_file.h"
#include "run_joint/run_inputs.h"

namespace lockstep {
namespace {

std::string OutputPath(const Session& session, const std::string& folder, const std::string& stem, int32_t index) {
  const std::string name = PlainName(session.output_info(index).name);
  std::string path = folder + "/" + stem + "_" + name;
  for (int32_t i = 0; i < index; ++i) {
    if (PlainName(session.output_info(i).name) == name) return path + "_" + std::to_string(index) + ".bin";
  }
  return path + ".bin";
}

}  // namespace

Status WriteOutputs(const Session& session, const std::string& folder, const std::string& stem) {
  for (int32_t i = 0; i < session.model().output_count(); ++i) {
    const std::string path = OutputPath(session, folder, stem, i);
    LOCKSTEP_RETURN_IF_ERROR(
        WriteWholeFile(path, session.output(i), static_cast<size_t>(session.output_info(i).bytes)));
    std::printf("wrote       %s\n", path.c_str());
  }
  return Status::Ok();
}

Status VerifyOutputs(const Session& session, const std::string& folder, const std::string& stem) {
  for (int32_t i = 0; i < session.model().output_count(); ++i) {
    const TensorInfo info = session.output_info(i);
    const std::string path = OutputPath(session, folder, stem, i);
    const auto bytes = static_cast<size_t>(info.bytes);
    const std::unique_ptr<uint8_t[]> expected(new (std::nothrow) uint8_t[bytes]);
    if (expected == nullptr)
      return Status::Error(StatusCode::kOutOfMemory, "no memory to read %s; end other programs", path.c_str());
    LOCKSTEP_RETURN_IF_ERROR(ReadExactly(path, expected.get(), info.bytes,
                                         std::string("output '") + info.name + "' (" + Describe(info) + ")"));
    const auto* actual = static_cast<const uint8_t*>(session.output(i));
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
