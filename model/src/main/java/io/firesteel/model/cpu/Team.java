package io.firesteel.model.cpu;

/**
 * Who computes, and how.
 *
 * @param pool the threads
 * @param scratch memory of each of them
 * @param arithmetic their inner loops
 */
record Team(WorkerPool pool, Scratch[] scratch, Arithmetic arithmetic) {}
