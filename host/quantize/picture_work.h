// Work on calibration pictures in several threads, whose findings are taken in the order of the pictures.
#pragma once

#include <cstddef>
#include <functional>

#include "quantize/calibration_source.h"

namespace lockstep::quantize {

// Puts what was found of one picture together with what is known of those before it.
using TakeFindings = std::function<void()>;
using PictureWork = std::function<TakeFindings(const CalibrationInput& picture)>;

// How many threads work on them; `threads` 0: all cores. At least one.
size_t WorkersFor(const CalibrationSource& source, int threads);

// Each worker thread makes its work, uses it for picture after picture and destroys it: a float engine belongs to the
// thread that made it (engine/float/float_engine.h). TakeFindings is called in the order of the pictures by one thread
// at a time. Returns the number of pictures. Of several exceptions that of the first picture is thrown; BadInput if
// there are no pictures.
int WorkOnPictures(CalibrationSource& source, size_t workers,
                   const std::function<PictureWork(size_t worker)>& make_work);

}  // namespace lockstep::quantize
