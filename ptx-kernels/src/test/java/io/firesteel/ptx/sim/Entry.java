package io.firesteel.ptx.sim;

import java.util.List;

/**
 * A kernel as parsed.
 *
 * @param name entry name
 * @param parameters bytes of each parameter, in order
 * @param instructions in order
 * @param registers32 number of registers of up to 32 bits
 * @param registers64 number of 64-bit registers
 * @param predicates number of predicates
 * @param sharedBytes static shared memory
 * @param localBytes local memory of a thread
 * @param maxThreads threads of a block that {@code .maxntid} or {@code .reqntid} allows, 0 without
 * @param module the module it stands in
 */
record Entry(
    String name,
    List<Integer> parameters,
    List<Instruction> instructions,
    int registers32,
    int registers64,
    int predicates,
    int sharedBytes,
    int localBytes,
    int maxThreads,
    PtxModule module) {}
