/** Scored items: what a model is asked, and whether its answer is right. */
package io.firesteel.model.evaluation;
