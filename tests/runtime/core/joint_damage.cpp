// joint_damage [COUNT [SEED [MODEL.joint]]]: random damages of a model, by default of the small network, first with the
// digest checked (all must be refused), then without (refused or run). Exit status 1 if a damage passed the digest.
#include <cstdio>
#include <cstdlib>

#include "random_damage.h"
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

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 10000;
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1;
  std::vector<uint8_t> file;
  if (argc > 3) {
    if (!ReadFile(argv[3], &file)) {
      std::fprintf(stderr, "joint_damage: %s cannot be read\n", argv[3]);
      return 4;
    }
  } else {
    file = lockstep::test::Write(lockstep::test::SmallNetwork());
  }
  bool good = true;
  for (const bool check_digest : {true, false}) {
    const lockstep::test::DamageFigures figures = lockstep::test::RunDamages(file, count, seed, check_digest);
    std::printf("%s: %d damages, %d refused, %d ran, %d left the file unchanged, longest %.1f ms\n",
                check_digest ? "with digest" : "without digest", count, figures.refused, figures.ran, figures.unchanged,
                figures.longest_ms);
    if (!figures.accepted.empty()) {
      std::printf("accepted in spite of the digest: %s\n", figures.accepted.c_str());
      good = false;
    }
  }
  return good ? 0 : 1;
}
