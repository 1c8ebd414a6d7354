package io.firesteel.model;

/**
 * How much a model has to do.
 *
 * @param running answers under way
 * @param waiting answers that wait for their turn
 * @param freePages pages of the KV cache that no session holds
 * @param pages pages of the KV cache
 */
public record ModelLoad(int running, int waiting, int freePages, int pages) {}
