// Tells a whole picture file from a cut one before a decoder sees it: decoders fill the missing part of a JPEG with
// grey and only print a warning.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::input {

// Whether a JPEG, PNG, BMP or WebP file ends before its own structure says it does. Bytes behind the end are allowed.
// False for any other format. JPEG: the markers (ITU-T T.81, annex B) must lead to an end-of-image marker; PNG: the
// chunks to IEND; BMP and WebP: the size in the header.
bool IsCutShort(const uint8_t* file, size_t size);

}  // namespace lockstep::input
