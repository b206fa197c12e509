// For static programs with glibc, whose threads unwind their stacks when they are cancelled or call pthread_exit. Ours
// do neither, so the unwinder stays out: these functions are all that the C library wants of it.
#include <cstdlib>

extern "C" {
void _Unwind_ForcedUnwind() { std::abort(); }
void _Unwind_GetCFA() { std::abort(); }
void _Unwind_Resume(void* /*unused*/) { std::abort(); }
void __gcc_personality_v0() { std::abort(); }
}
