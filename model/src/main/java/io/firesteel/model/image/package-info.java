/**
 * Self-contained runtime images: the program with the parts of a JDK that it uses, to be copied to
 * a machine that has neither Java nor Maven.
 */
package io.firesteel.model.image;
