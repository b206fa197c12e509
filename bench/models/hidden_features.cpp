#include "hidden_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstring>

namespace lockstep::bench {
namespace {

constexpr uint8_t kCpuid[] = {0x0f, 0xa2};
constexpr uint8_t kUndefined[] = {0x0f, 0x0b};

// Leaf 7 (AMD64 Architecture Programmer's Manual, volume 3, appendix E.3.6; Intel's, volume 2A, CPUID).
constexpr uint32_t kAvx512InEbx = 1U << 16 | 1U << 17 | 1U << 21 | 1U << 26 | 1U << 27 | 1U << 28 | 1U << 30 | 1U << 31;
constexpr uint32_t kAvx512InEcx = 1U << 1 | 1U << 6 | 1U << 11 | 1U << 12 | 1U << 14;
constexpr uint32_t kAvx512AndAmxInEdx = 1U << 2 | 1U << 3 | 1U << 8 | 1U << 22 | 1U << 23 | 1U << 24 | 1U << 25;
constexpr uint32_t kExtendedFeatures = 7;

const std::vector<uintptr_t>* hidden = nullptr;

void Answer(int /*signal*/, siginfo_t* /*info*/, void* context) {
  greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto at = static_cast<uintptr_t>(registers[REG_RIP]);
  bool is_cpuid = false;
  for (const uintptr_t place : *hidden) is_cpuid = is_cpuid || place == at;
  if (!is_cpuid) {
    signal(SIGILL, SIG_DFL);  // the instruction is tried again, and ends the program
    return;
  }
  const auto leaf = static_cast<uint32_t>(registers[REG_RAX]);
  const auto part = static_cast<uint32_t>(registers[REG_RCX]);
  uint32_t eax = 0;
  uint32_t ebx = 0;
  uint32_t ecx = 0;
  uint32_t edx = 0;
  __cpuid_count(leaf, part, eax, ebx, ecx, edx);
  if (leaf == kExtendedFeatures && part == 0) {
    ebx &= ~kAvx512InEbx;
    ecx &= ~kAvx512InEcx;
    edx &= ~kAvx512AndAmxInEdx;
  } else if (leaf == kExtendedFeatures) {
    eax = ebx = ecx = edx = 0;  // AVX-VNNI and later ones
  }
  registers[REG_RAX] = eax;
  registers[REG_RBX] = ebx;
  registers[REG_RCX] = ecx;
  registers[REG_RDX] = edx;
  registers[REG_RIP] += static_cast<greg_t>(sizeof kCpuid);
}

}  // namespace

bool HideBeyondAvx2(const std::vector<uintptr_t>& places) {
  static std::vector<uintptr_t> kept;
  kept = places;
  hidden = &kept;
  struct sigaction action = {};
  action.sa_sigaction = Answer;
  action.sa_flags = SA_SIGINFO;
  if (sigaction(SIGILL, &action, nullptr) != 0) return false;
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const uintptr_t place : places) {
    auto* const code = reinterpret_cast<uint8_t*>(place);
    void* const begin = reinterpret_cast<void*>(place / page * page);
    if (mprotect(begin, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) return false;
    if (std::memcmp(code, kCpuid, sizeof kCpuid) != 0) return false;
    std::memcpy(code, kUndefined, sizeof kUndefined);
    if (mprotect(begin, 2 * page, PROT_READ | PROT_EXEC) != 0) return false;
  }
  return true;
}

}  // namespace lockstep::bench
#else
namespace lockstep::bench {

bool HideBeyondAvx2(const std::vector<uintptr_t>& /*places*/) { return false; }

}  // namespace lockstep::bench
#endif
