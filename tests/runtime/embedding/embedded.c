/* What a C program needs to run a joint model: lockstep/lockstep.h and one library, nothing else. */
#include <stdio.h>

#include "lockstep/lockstep.h"

static int Fail(const char* what, const lockstep_error* error) {
  fprintf(stderr, "%s: %s\n", what, error->message);
  return 1;
}

int main(int argc, char** argv) {
  lockstep_error error;
  lockstep_model* model = NULL;
  lockstep_session* session = NULL;
  lockstep_tensor tensor;
  int32_t i;
  if (argc != 2) {
    fprintf(stderr, "usage: embedded_c MODEL.joint\n");
    return 2;
  }
  if (lockstep_model_open(argv[1], 1, &model, &error) != LOCKSTEP_OK) return Fail("open", &error);
  if (lockstep_session_create(model, 1, &session, &error) != LOCKSTEP_OK) return Fail("create", &error);
  for (i = 0; i < lockstep_model_input_count(model); ++i) {
    uint64_t byte;
    unsigned char* bytes = (unsigned char*)lockstep_session_input(session, i);
    if (lockstep_model_input(model, i, &tensor) != LOCKSTEP_OK) return 1;
    for (byte = 0; byte < tensor.bytes; ++byte) bytes[byte] = 7;
  }
  if (lockstep_session_run(session, &error) != LOCKSTEP_OK) return Fail("run", &error);
  for (i = 0; i < lockstep_model_output_count(model); ++i) {
    uint64_t byte;
    uint32_t sum = 0;
    const unsigned char* bytes = (const unsigned char*)lockstep_session_output(session, i);
    if (lockstep_model_output(model, i, &tensor) != LOCKSTEP_OK) return 1;
    for (byte = 0; byte < tensor.bytes; ++byte) sum = sum * 31 + bytes[byte];
    printf("%s %08x\n", tensor.name, (unsigned)sum);
  }
  lockstep_session_destroy(session);
  lockstep_model_close(model);
  return 0;
}
