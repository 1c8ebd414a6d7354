/**
 * The CPU engine: plain Java with the Vector API, float32 accumulation, weights read in their
 * stored form.
 *
 * <p>A row's results have the same bits whatever other rows share its step and however many threads
 * work: every dot product, softmax and sum is taken in an order that depends on the row alone.
 */
package io.firesteel.model.cpu;
