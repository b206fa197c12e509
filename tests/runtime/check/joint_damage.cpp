// joint_damage [COUNT [SEED [MODEL.joint]]]: random damages of a model, by default of the small network, first with the
// digest checked (all must be refused), then without (refused or run). Exit status 1 if a damage passed the digest.
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "lockstep/runtime.h"
#include "run_damages.h"
#include "support/joint_models.h"

namespace {

bool ReadFile(const char* path, std::vector<uint8_t>* file) {
  std::FILE* stream = std::fopen(path, "rb");
  if (stream == nullptr) return false;
  uint8_t buffer[65536];
  for (size_t n = 0; (n = std::fread(buffer, 1, sizeof(buffer), stream)) > 0;) {
    file->insert(file->end(), buffer, buffer + n);
  }
  std::fclose(stream);
  return true;
}

// False, with a message, unless the whole text is a number in low..high.
bool ReadNumber(const char* name, const char* text, long long low, long long high, long long* number) {
  char* end = nullptr;
  errno = 0;
  *number = std::strtoll(text, &end, 0);
  if (end != text && *end == 0 && errno == 0 && *number >= low && *number <= high) return true;
  std::fprintf(stderr, "joint_damage: %s is '%s', must be a number in %lld..%lld\n", name, text, low, high);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  long long count = 10000;
  long long seed = 1;
  if (argc > 4 || (argc > 1 && !ReadNumber("COUNT", argv[1], 1, 1000000000, &count)) ||
      (argc > 2 && !ReadNumber("SEED", argv[2], 0, INT64_MAX, &seed))) {
    std::fprintf(stderr, "usage: joint_damage [COUNT [SEED [MODEL.joint]]]\n");
    return 2;
  }
  std::vector<uint8_t> file = lockstep::test::Write(lockstep::test::SmallNetwork());
  if (argc > 3) {
    file.clear();
    if (!ReadFile(argv[3], &file)) {
      std::fprintf(stderr, "joint_damage: %s cannot be read; give the path of a joint model\n", argv[3]);
      return 4;
    }
    const auto model = lockstep::Model::Copy(file.data(), file.size());
    if (!model.ok()) {
      std::fprintf(stderr, "joint_damage: %s: %s\n", argv[3], model.status().message());
      return 4;
    }
  }
  bool good = true;
  for (const bool check_digest : {true, false}) {
    const char* name = check_digest ? "with digest" : "without digest";
    const lockstep::test::DamageFigures figures = lockstep::test::RunDamages(
        file, static_cast<int>(count), static_cast<uint64_t>(seed), check_digest, [&](int done) {
          if (done % 1000 == 0) std::fprintf(stderr, "joint_damage: %s: %d of %lld\n", name, done, count);
        });
    std::printf("%s: %lld damages, %d refused, %d ran, %d left the file unchanged, longest %.1f ms\n", name, count,
                figures.refused, figures.ran, figures.unchanged, figures.longest_ms);
    if (!figures.accepted.empty()) {
      std::printf("accepted in spite of the digest: %s\n", figures.accepted.c_str());
      good = false;
    }
  }
  return good ? 0 : 1;
}
