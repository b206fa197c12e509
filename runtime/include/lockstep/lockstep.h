/* The runtime's C interface, over lockstep/runtime.h. Every function that can fail returns a lockstep_code and puts one
 * line of text into *error, if error is not NULL. Pointers into a model or a session live as long as it does. */
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
  LOCKSTEP_F32
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

typedef struct lockstep_model lockstep_model;
typedef struct lockstep_session lockstep_session;

LOCKSTEP_C_API const char* lockstep_version(void);
LOCKSTEP_C_API const char* lockstep_build(void); /* "release", "debug", "profile" or "nmem" */

/* Maps and checks a model file. check_digest = 0 skips the md5 of the whole file, and no other check. */
LOCKSTEP_C_API lockstep_code lockstep_model_open(const char* path, int check_digest, lockstep_model** model,
                                                 lockstep_error* error);
/* Memory of the caller, aligned to 64 bytes, that outlives the model. */
LOCKSTEP_C_API lockstep_code lockstep_model_from_memory(const void* data, size_t size, int check_digest,
                                                        lockstep_model** model, lockstep_error* error);
LOCKSTEP_C_API void lockstep_model_close(lockstep_model* model); /* after its sessions; NULL is allowed */
LOCKSTEP_C_API const char* lockstep_model_name(const lockstep_model* model);
LOCKSTEP_C_API int32_t lockstep_model_input_count(const lockstep_model* model);
LOCKSTEP_C_API int32_t lockstep_model_output_count(const lockstep_model* model);
/* LOCKSTEP_INVALID_ARGUMENT for an index that is out of range. */
LOCKSTEP_C_API lockstep_code lockstep_model_input(const lockstep_model* model, int32_t index, lockstep_tensor* tensor);
LOCKSTEP_C_API lockstep_code lockstep_model_output(const lockstep_model* model, int32_t index, lockstep_tensor* tensor);

LOCKSTEP_C_API lockstep_code lockstep_session_create(const lockstep_model* model, int threads,
                                                     lockstep_session** session, lockstep_error* error);
LOCKSTEP_C_API void lockstep_session_destroy(lockstep_session* session); /* NULL is allowed */
/* Where the caller writes input bytes before each run, and where output bytes stand until the next run. NULL for an
 * index that is out of range. */
LOCKSTEP_C_API void* lockstep_session_input(lockstep_session* session, int32_t index);
LOCKSTEP_C_API const void* lockstep_session_output(const lockstep_session* session, int32_t index);
LOCKSTEP_C_API lockstep_code lockstep_session_run(lockstep_session* session, lockstep_error* error);

#if defined(__cplusplus)
}
#endif

/* NOLINTEND(modernize-use-using,modernize-deprecated-headers) */
