// Tells a whole JPEG file from a cut one: decoders fill the missing part with grey and only print a warning.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::quantize {

bool IsJpeg(const uint8_t* file, size_t size);

// Whether the markers (ITU-T T.81, annex B) lead from the first to an end-of-image marker within the file. Bytes behind
// the end of the image are allowed.
bool IsWholeJpeg(const uint8_t* file, size_t size);

}  // namespace lockstep::quantize
