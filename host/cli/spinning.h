// How OpenMP's threads wait.
#pragma once

namespace lockstep::cli {

// For commands that compute on all cores; call it before anything else, for it may start the program anew. OpenMP's
// threads spin for up to 15 ms wherever they wait for each other, and on a machine that has other work they wait for a
// thread that does not run: a build took ten times as long. libgomp reads how long to spin as it is loaded, so only a
// program started anew heeds it. On an idle machine spinning is faster, and nothing happens.
void LimitSpinning();

}  // namespace lockstep::cli
