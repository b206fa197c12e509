// How OpenMP's threads wait, and how many there may be.
#pragma once

namespace lockstep::cli {

// For commands that compute on all cores; call it before anything else, for it may start the program anew: libgomp
// reads what it is told as it is loaded, so only a program started anew heeds it. OpenMP's threads spin for up to 15 ms
// wherever they wait for each other, and on a machine that has other work they wait for a thread that does not run: a
// build took ten times as long. On an idle machine spinning is faster, and nothing happens. Where the system has fewer
// threads to give than there are cores, libgomp would end the program.
void PrepareOpenMp();

}  // namespace lockstep::cli
