/* The runtime's C interface, over lockstep/runtime.h; docs/embedding.md goes through it with examples. Every function
 * that can fail returns a lockstep_code and puts one line of text into *error, if error is not NULL. Pointers into a
 * model or a session live as long as it does. A model is read-only and may serve many sessions on many threads; a
 * session belongs to one thread at a time. */
#pragma once

/* C, which has no other headers and no aliases: NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers) */

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

#define LOCKSTEP_C_API __attribute__((visibility("default")))

enum { LOCKSTEP_MAX_MESSAGE = 320 };

typedef enum lockstep_code {
  LOCKSTEP_OK,
  LOCKSTEP_INVALID_ARGUMENT,
  LOCKSTEP_UNSUPPORTED,
  LOCKSTEP_CORRUPT_MODEL,
  LOCKSTEP_UNREADABLE,
  LOCKSTEP_OUT_OF_MEMORY,
  LOCKSTEP_WRONG_BUILD,
  LOCKSTEP_DIFFERS
} lockstep_code;

typedef enum lockstep_data_type {
  LOCKSTEP_U8,
  LOCKSTEP_U16,
  LOCKSTEP_S8,
  LOCKSTEP_S16,
  LOCKSTEP_S32,
  LOCKSTEP_S64,
  LOCKSTEP_F32,
  LOCKSTEP_BOOL
} lockstep_data_type;

typedef struct lockstep_error {
  lockstep_code code;
  char message[LOCKSTEP_MAX_MESSAGE];
} lockstep_error;

typedef struct lockstep_tensor {
  const char* name; /* the ONNX tensor */
  lockstep_data_type dtype;
  int32_t rank;
  const int32_t* shape; /* physical order, row major; images are N,H,W,C */
  float scale;          /* real = scale * (q - zero_point) for u8 and u16 */
  int32_t zero_point;
  uint64_t bytes;
} lockstep_tensor;

typedef struct lockstep_layer {
  const char* name;
  const char* op;      /* "Conv", "MaxPool", ... */
  uint64_t macs;       /* multiply-accumulates of one run */
  int32_t input_count; /* weights and other constants among them */
  int32_t output_count;
} lockstep_layer;

/* How a session is made. Set everything to zero, then `size` to sizeof(lockstep_options), then what is wanted: zero is
 * the default of every member. What another of the four builds does is refused, with the name of that build. */
typedef struct lockstep_options {
  size_t size;
  int threads;                /* 0: one; the calling thread is one of them */
  uint64_t affinity;          /* bit i: CPU i may be used; 0: all */
  void* memory;               /* see lockstep_session_memory; NULL: the session allocates */
  size_t memory_size;         /* bytes */
  const char* dump_folder;    /* debug: the first run is dumped there */
  int dump_level;             /* debug: 1 outputs of the network, 2 of every layer, 3 inputs as well; 0: 2 */
  const char* dump_layers;    /* debug: only layers whose name matches this POSIX extended regular expression */
  int dump_md5_only;          /* debug: digests and no tensor files */
  const char* profile_folder; /* profile: profile.csv and trace.json go there; NULL: the table on stdout alone */
  const char* memory_path;    /* nmem: the report; NULL: nmem_memory.txt in the temp folder */
  int group_rows;             /* release: layers run in groups, row by row, where the model has some: less memory */
} lockstep_options;

typedef struct lockstep_model lockstep_model;
typedef struct lockstep_session lockstep_session;

LOCKSTEP_C_API const char* lockstep_version(void);
LOCKSTEP_C_API const char* lockstep_build(void); /* "release", "debug", "profile" or "nmem" */
LOCKSTEP_C_API const char* lockstep_data_type_name(lockstep_data_type type); /* "u8", ...; NULL for an unknown one */

/* Maps and checks a model file. check_digest = 0 skips the md5 of the whole file, and no other check. */
LOCKSTEP_C_API lockstep_code lockstep_model_open(const char* path, int check_digest, lockstep_model** model,
                                                 lockstep_error* error);
/* Memory of the caller, aligned to 64 bytes, that outlives the model. */
LOCKSTEP_C_API lockstep_code lockstep_model_from_memory(const void* data, size_t size, int check_digest,
                                                        lockstep_model** model, lockstep_error* error);
LOCKSTEP_C_API void lockstep_model_close(lockstep_model* model); /* after its sessions; NULL is allowed */
LOCKSTEP_C_API const char* lockstep_model_name(const lockstep_model* model);

/* The functions below with an index return LOCKSTEP_INVALID_ARGUMENT, or NULL, if it is out of range. */

LOCKSTEP_C_API int32_t lockstep_model_input_count(const lockstep_model* model);
LOCKSTEP_C_API int32_t lockstep_model_output_count(const lockstep_model* model);
LOCKSTEP_C_API int32_t lockstep_model_layer_count(const lockstep_model* model);
LOCKSTEP_C_API lockstep_code lockstep_model_input(const lockstep_model* model, int32_t index, lockstep_tensor* tensor);
LOCKSTEP_C_API lockstep_code lockstep_model_output(const lockstep_model* model, int32_t index, lockstep_tensor* tensor);
LOCKSTEP_C_API lockstep_code lockstep_model_layer(const lockstep_model* model, int32_t index, lockstep_layer* layer);
LOCKSTEP_C_API lockstep_code lockstep_model_layer_input(const lockstep_model* model, int32_t layer, int32_t index,
                                                        lockstep_tensor* tensor);
LOCKSTEP_C_API lockstep_code lockstep_model_layer_output(const lockstep_model* model, int32_t layer, int32_t index,
                                                         lockstep_tensor* tensor);

/* With the defaults and so many threads. */
LOCKSTEP_C_API lockstep_code lockstep_session_create(const lockstep_model* model, int threads,
                                                     lockstep_session** session, lockstep_error* error);
/* options = NULL: the defaults. */
LOCKSTEP_C_API lockstep_code lockstep_session_create_with(const lockstep_model* model, const lockstep_options* options,
                                                          lockstep_session** session, lockstep_error* error);
/* How many bytes a session of this model and these options wants from the caller: a block of at least so many, aligned
 * to 64 bytes, given as options->memory, holds the arena, the threads' scratch memory and the layers' tables, and
 * outlives the session. Some KB of bookkeeping, thread stacks and what the debug, profile and nmem builds note down
 * come from malloc. */
LOCKSTEP_C_API lockstep_code lockstep_session_memory(const lockstep_model* model, const lockstep_options* options,
                                                     size_t* bytes, lockstep_error* error);
/* Profile and nmem write their reports, if lockstep_session_write_reports did not. NULL is allowed. */
LOCKSTEP_C_API void lockstep_session_destroy(lockstep_session* session);

/* Where the caller writes input bytes before each run, and where output bytes stand until the next run. */
LOCKSTEP_C_API void* lockstep_session_input(lockstep_session* session, int32_t index);
LOCKSTEP_C_API const void* lockstep_session_output(const lockstep_session* session, int32_t index);
LOCKSTEP_C_API lockstep_code lockstep_session_run(lockstep_session* session, lockstep_error* error);

/* Runs one layer: the first one, or the one behind that of the call before; *layer is its index, or -1 if an error kept
 * it from running. The run is over with the layer lockstep_model_layer_count() - 1. An error, or lockstep_session_run
 * between, makes the next call begin anew. */
LOCKSTEP_C_API lockstep_code lockstep_session_step(lockstep_session* session, int32_t* layer, lockstep_error* error);
/* A layer's tensors: inputs before it runs, where they may be overwritten (NULL for a constant of the model), and
 * outputs after it ran and before the next one does. */
LOCKSTEP_C_API void* lockstep_session_layer_input(lockstep_session* session, int32_t layer, int32_t index);
LOCKSTEP_C_API const void* lockstep_session_layer_output(const lockstep_session* session, int32_t layer, int32_t index);
/* The two above give NULL for a tensor that lies within another's memory, its bytes not side by side. These copy any
 * tensor, lockstep_tensor.bytes of them; a constant cannot be written. */
LOCKSTEP_C_API lockstep_code lockstep_session_read_layer_input(lockstep_session* session, int32_t layer, int32_t index,
                                                               void* to);
LOCKSTEP_C_API lockstep_code lockstep_session_write_layer_input(lockstep_session* session, int32_t layer, int32_t index,
                                                                const void* from);
LOCKSTEP_C_API lockstep_code lockstep_session_read_layer_output(const lockstep_session* session, int32_t layer,
                                                                int32_t index, void* to);
/* The kernel that was chosen for a layer, "conv_u8s8_neon". */
LOCKSTEP_C_API const char* lockstep_session_kernel(const lockstep_session* session, int32_t layer);

/* Runs the model's own test vectors and compares the md5 of every layer. LOCKSTEP_DIFFERS names the first that differs.
 */
LOCKSTEP_C_API lockstep_code lockstep_session_self_test(lockstep_session* session, int32_t* passed,
                                                        lockstep_error* error);
/* Debug: the next run writes a dump into the folder, which is made if it is missing. NULL: it does not. */
LOCKSTEP_C_API lockstep_code lockstep_session_dump_next_run(lockstep_session* session, const char* folder,
                                                            lockstep_error* error);
/* Profile and nmem: whether the next runs count in the reports, as they do at first. Warm-up runs should not. */
LOCKSTEP_C_API void lockstep_session_count_runs(lockstep_session* session, int count);
/* Profile and nmem: prints and writes what was gathered. The other builds do nothing. */
LOCKSTEP_C_API lockstep_code lockstep_session_write_reports(lockstep_session* session, lockstep_error* error);

#if defined(__cplusplus)
}
#endif

/* NOLINTEND(modernize-use-using,modernize-deprecated-headers) */
