// Counts the instructions that an emulated program executes in every layer. A plugin of user-mode QEMU, for
// run_joint_profile, which marks where layers begin and end with calls of the system that have no effect.
//
//   qemu-mipsel -plugin count_layers.so,out=FILE run_joint_profile MODEL.joint
//
// FILE gets a line for each layer: its number, how often it ran, and the instructions of all these runs together. What
// the marks themselves take was counted in an empty layer and is left out. Counts are exact for one thread alone.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// QEMU's header for plugins is in no package: what of it is used here, version 1.
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info;
enum { kInlineAdd = 0 };
typedef void (*TranslateCall)(qemu_plugin_id_t id, struct qemu_plugin_tb* block);
typedef void (*SystemCall)(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                           uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);
typedef void (*ExitCall)(qemu_plugin_id_t id, void* data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, TranslateCall call);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, SystemCall call);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, ExitCall call, void* data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb* block, int operation, void* counter,
                                              uint64_t value);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;

enum { kMark = 0x4c6b5370, kBegin = 1, kEnd = 2, kMostLayers = 1 << 20 };  // as in runtime/probe/emulator_marks

struct Layer {
  uint64_t runs;
  uint64_t instructions;
};

static uint64_t executed;
static uint64_t begin;
static struct Layer empty;
static struct Layer* layers;
static int32_t layer_count;
static const char* out;

// A block counts as a whole where it is entered. A call of the system ends its block.
static void Translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, kInlineAdd, &executed, qemu_plugin_tb_n_insns(block));
}

static struct Layer* Find(int32_t layer) {
  if (layer == -1) return &empty;
  if (layer < 0 || layer >= kMostLayers) return NULL;
  if (layer >= layer_count) {
    struct Layer* more = realloc(layers, ((size_t)layer + 1) * sizeof(*layers));
    if (more == NULL) return NULL;
    memset(more + layer_count, 0, ((size_t)layer + 1 - (size_t)layer_count) * sizeof(*layers));
    layers = more;
    layer_count = layer + 1;
  }
  return &layers[layer];
}

static void Mark(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                 uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
  (void)id, (void)cpu, (void)number, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
  if ((uint32_t)a1 != kMark) return;
  if ((uint32_t)a2 == kBegin) {
    begin = executed;
    return;
  }
  struct Layer* layer = (uint32_t)a2 == kEnd ? Find((int32_t)a3) : NULL;
  if (layer == NULL) return;
  layer->instructions += executed - begin;
  ++layer->runs;
}

static void Report(qemu_plugin_id_t id, void* data) {
  (void)id, (void)data;
  FILE* file = fopen(out, "w");
  if (file == NULL) {
    perror(out);
    return;
  }
  for (int32_t i = 0; i < layer_count; ++i) {
    const uint64_t marks = empty.instructions * layers[i].runs;
    const uint64_t rest = layers[i].instructions > marks ? layers[i].instructions - marks : 0;
    fprintf(file, "%d %llu %llu\n", i, (unsigned long long)layers[i].runs, (unsigned long long)rest);
  }
  if (fclose(file) != 0) perror(out);
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info* info, int count, char** arguments) {
  (void)info;
  for (int i = 0; i < count; ++i) {
    if (strncmp(arguments[i], "out=", 4) == 0) out = strdup(arguments[i] + 4);
  }
  if (out == NULL) {
    fprintf(stderr, "count_layers: give out=FILE\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, Translate);
  qemu_plugin_register_vcpu_syscall_cb(id, Mark);
  qemu_plugin_register_atexit_cb(id, Report, NULL);
  return 0;
}
