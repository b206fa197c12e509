// What a C++ program needs to run a joint model: lockstep/runtime.h and one library, nothing else.
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "lockstep/runtime.h"

namespace {

int Fail(const lockstep::Status& status) {
  std::fprintf(stderr, "%s\n", status.message());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: embedded_cpp MODEL.joint\n");
    return 2;
  }
  lockstep::Result<lockstep::Model> model = lockstep::Model::Open(argv[1]);
  if (!model.ok()) return Fail(model.status());
  lockstep::Result<lockstep::Session> session = lockstep::Session::Create(model.value(), {});
  if (!session.ok()) return Fail(session.status());
  for (int32_t i = 0; i < model.value().input_count(); ++i) {
    std::memset(session.value().input(i), 7, static_cast<size_t>(session.value().input_info(i).bytes));
  }
  if (const lockstep::Status status = session.value().Run(); !status.ok()) return Fail(status);
  for (int32_t i = 0; i < model.value().output_count(); ++i) {
    const lockstep::TensorInfo info = session.value().output_info(i);
    const auto* bytes = static_cast<const uint8_t*>(session.value().output(i));
    uint32_t sum = 0;
    for (uint64_t byte = 0; byte < info.bytes; ++byte) sum = sum * 31 + bytes[byte];
    std::printf("%s %08" PRIx32 "\n", info.name, sum);
  }
  return 0;
}
