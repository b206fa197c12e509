// What a network's outputs say of a picture: boxes, a map of classes, or the best classes.
#pragma once

#include <string>
#include <vector>

#include "evaluate/task.h"
#include "page/page_data.h"

namespace lockstep::page {

enum class AnswerKind { kNone, kBoxes, kClassMap, kClasses };

// What the outputs look like; kNone: nothing that is known.
AnswerKind RecognizeAnswer(const evaluate::NetworkInterface& network);

// {"name", and "boxes": [[left, top, right, bottom, class, score], ..] in pixels of the picture, "mask": {"rows",
// "columns", "cells"} with a class in each byte, or "classes": [[class, score], ..]}.
Json AnswerOf(AnswerKind kind, const evaluate::NetworkInterface& network, const std::string& name,
              const std::vector<run::OutputTensor>& outputs, const input::PictureGeometry& geometry);

}  // namespace lockstep::page
