/**
 * The choice of the next token from logits: penalties, truncation, temperature and the draw itself.
 */
package io.firesteel.model.sampling;
