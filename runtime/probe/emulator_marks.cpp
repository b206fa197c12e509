#include "probe/emulator_marks.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "base/process_memory.h"

namespace lockstep {
namespace {

constexpr long kMark = 0x4c6b5370;  // as in scripts/qemu/count_layers.c

}  // namespace

void EmulatorMarks::Prepare() {
  char name[kMaxProgramName];
  emulated_ = Emulator(name);
  Begin(kEmpty);
  End(kEmpty);
}

// getppid takes no arguments and ignores these.
void EmulatorMarks::Mark(int what, int32_t layer) { syscall(SYS_getppid, kMark, what, layer); }

}  // namespace lockstep
