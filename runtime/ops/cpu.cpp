#include "lockstep/cpu.h"

#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#elif __has_include(<sys/auxv.h>)
#include <sys/auxv.h>
#else
#include <cstdio>
#endif

namespace lockstep {
namespace {

constexpr Isa kAllIsas[] = {Isa::kPortable, Isa::kMsa,        Isa::kNeon, Isa::kNeonDot,
                            Isa::kNeonI8mm, Isa::kAvx512Vnni, Isa::kAvx2, Isa::kAvxVnni};

#if defined(__x86_64__)

IsaSet DetectVectors() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kOsxsave = 1U << 27U;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kOsxsave) == 0) return 0;
  unsigned state = 0;
  unsigned state_high = 0;
  __asm__("xgetbv" : "=a"(state), "=d"(state_high) : "c"(0));
  constexpr unsigned kYmmState = 0x06;  // SSE and AVX are saved by the kernel
  constexpr unsigned kZmmState = 0xe6;  // and opmask and both halves of zmm
  if ((state & kYmmState) != kYmmState || __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return 0;
  constexpr unsigned kAvx2 = 1U << 5U;
  constexpr unsigned kFoundationBwVl = (1U << 16U) | (1U << 30U) | (1U << 31U);
  constexpr unsigned kVbmiVnni = (1U << 1U) | (1U << 11U);
  const bool avx512 =
      (state & kZmmState) == kZmmState && (ebx & kFoundationBwVl) == kFoundationBwVl && (ecx & kVbmiVnni) == kVbmiVnni;
  if ((ebx & kAvx2) == 0) return 0;
  constexpr unsigned kAvxVnni = 1U << 4U;
  unsigned more = 0;
  const bool avx_vnni =
      eax >= 1 && __get_cpuid_count(7, 1, &more, &ebx, &ecx, &edx) != 0 && (more & kAvxVnni) != 0;  // eax: subleaves
  return IsaBit(Isa::kAvx2) | (avx_vnni ? IsaBit(Isa::kAvxVnni) : 0) | (avx512 ? IsaBit(Isa::kAvx512Vnni) : 0);
}

#elif defined(LOCKSTEP_KERNELS_NEON) || defined(LOCKSTEP_KERNELS_MSA)

constexpr unsigned long kHwcapEntry = 16;   // AT_HWCAP
#if defined(__aarch64__)
constexpr unsigned long kHwcap2Entry = 26;  // AT_HWCAP2
#endif

#if __has_include(<sys/auxv.h>)
unsigned long HardwareCapabilities(unsigned long wanted) { return getauxval(wanted); }
#else
unsigned long HardwareCapabilities(unsigned long wanted) {
  std::FILE* file = std::fopen("/proc/self/auxv", "rb");
  if (file == nullptr) return 0;
  unsigned long entry[2] = {};
  unsigned long capabilities = 0;
  while (std::fread(entry, sizeof entry, 1, file) == 1) {
    if (entry[0] == wanted) capabilities = entry[1];
  }
  std::fclose(file);
  return capabilities;
}
#endif

#if defined(__aarch64__)
// i8mm means dot products too, as every architecture that has it demands.
IsaSet DetectVectors() {
  constexpr unsigned long kAdvancedSimd = 1UL << 1U;
  constexpr unsigned long kDotProducts = 1UL << 20U;
  constexpr unsigned long kI8mm = 1UL << 13U;
  const unsigned long capabilities = HardwareCapabilities(kHwcapEntry);
  if ((capabilities & kAdvancedSimd) == 0) return 0;
  if ((capabilities & kDotProducts) == 0) return IsaBit(Isa::kNeon);
  const IsaSet dot = IsaBit(Isa::kNeon) | IsaBit(Isa::kNeonDot);
  return (HardwareCapabilities(kHwcap2Entry) & kI8mm) == 0 ? dot : dot | IsaBit(Isa::kNeonI8mm);
}
#else
IsaSet DetectVectors() {
#if defined(__arm__)
  constexpr unsigned long kVectorUnit = 1UL << 12U;  // HWCAP_NEON
  constexpr Isa kIsa = Isa::kNeon;
#else
  constexpr unsigned long kVectorUnit = 2;  // HWCAP_MIPS_MSA
  constexpr Isa kIsa = Isa::kMsa;
#endif
  return (HardwareCapabilities(kHwcapEntry) & kVectorUnit) != 0 ? IsaBit(kIsa) : 0;
}
#endif

#else

IsaSet DetectVectors() { return 0; }

#endif

}  // namespace

const char* IsaName(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return "portable";
    case Isa::kMsa:
      return "msa";
    case Isa::kNeon:
      return "neon";
    case Isa::kNeonDot:
      return "neondot";
    case Isa::kNeonI8mm:
      return "neoni8mm";
    case Isa::kAvx512Vnni:
      return "avx512vnni";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvxVnni:
      return "avxvnni";
  }
  return "unknown";
}

IsaSet DetectIsa() { return IsaBit(Isa::kPortable) | DetectVectors(); }

bool IsaFromEnvironment(IsaSet* isa, const char** unknown) {
  const IsaSet present = DetectIsa();
  const char* text = std::getenv("LOCKSTEP_ISA");
  if (text == nullptr || *text == '\0') {
    *isa = present;
    return true;
  }
  IsaSet named = IsaBit(Isa::kPortable);
  for (const char* item = text; item != nullptr;) {
    const char* comma = std::strchr(item, ',');
    const size_t length = comma != nullptr ? static_cast<size_t>(comma - item) : std::strlen(item);
    IsaSet match = 0;
    for (const Isa candidate : kAllIsas) {
      const char* name = IsaName(candidate);
      if (std::strlen(name) == length && std::strncmp(name, item, length) == 0) match = IsaBit(candidate);
    }
    if ((match & present) == 0) {
      *unknown = item;
      return false;
    }
    named |= match;
    item = comma != nullptr ? comma + 1 : nullptr;
  }
  *isa = named;
  return true;
}

}  // namespace lockstep
