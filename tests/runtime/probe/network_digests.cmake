# cmake -DPROGRAM=FILE -DOUTPUT=FILE -P network_digests.cmake: what PROGRAM prints, or nothing if there is none.
set(text "")
if(EXISTS ${PROGRAM})
  execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "${text}" @ONLY)  # not written anew if it is the same
