/* embed MODEL.joint [INPUT.bin...]: runs a joint model on raw input files (or on zeros), in memory of its own, and prints
 * the beginning of every output. A debug build dumps the layers into ./dump; a profile build times them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lockstep/lockstep.h"

static lockstep_error error;

static void Check(lockstep_code code, const char* what) {
  if (code == LOCKSTEP_OK) return;
  fprintf(stderr, "embed: %s: %s\n", what, error.message);
  exit(1);
}

static void Fill(void* input, const lockstep_tensor* tensor, const char* path) {
  FILE* file = path != NULL ? fopen(path, "rb") : NULL;
  memset(input, 0, tensor->bytes);
  if (path == NULL) return;
  if (file == NULL || fread(input, 1, tensor->bytes, file) != tensor->bytes) {
    fprintf(stderr, "embed: %s: input '%s' needs %lu bytes\n", path, tensor->name, (unsigned long)tensor->bytes);
    exit(1);
  }
  fclose(file);
}

int main(int argc, char** argv) {
  lockstep_model* model;
  lockstep_session* session;
  lockstep_options options = {0};
  lockstep_tensor tensor;
  int i;
  if (argc < 2) return fprintf(stderr, "usage: embed MODEL.joint [INPUT.bin...]\n"), 2;
  Check(lockstep_model_open(argv[1], 1, &model, &error), "open");
  options.size = sizeof(options);
  if (strcmp(lockstep_build(), "debug") == 0) options.dump_folder = "dump";
  Check(lockstep_session_memory(model, &options, &options.memory_size, &error), "plan");
  if (posix_memalign(&options.memory, 64, options.memory_size) != 0) return fprintf(stderr, "embed: no memory\n"), 5;
  Check(lockstep_session_create_with(model, &options, &session, &error), "create");
  for (i = 0; lockstep_model_input(model, i, &tensor) == LOCKSTEP_OK; ++i) {
    Fill(lockstep_session_input(session, i), &tensor, i + 2 < argc ? argv[i + 2] : NULL);
  }
  Check(lockstep_session_run(session, &error), "run");
  for (i = 0; lockstep_model_output(model, i, &tensor) == LOCKSTEP_OK; ++i) {
    const unsigned char* bytes = lockstep_session_output(session, i);
    uint64_t j;
    printf("%s %s:", tensor.name, lockstep_data_type_name(tensor.dtype));
    for (j = 0; j < tensor.bytes && j < 8; ++j) printf(" %02x", bytes[j]);
    printf("\n");
  }
  lockstep_session_destroy(session);
  lockstep_model_close(model);
  free(options.memory);
  return 0;
}
