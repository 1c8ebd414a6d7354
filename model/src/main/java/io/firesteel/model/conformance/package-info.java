/**
 * The cases that every implementation of the ops has to pass, and how its outputs are compared with
 * the reference. Tests extend {@code OpsConformance} of the test jar.
 */
package io.firesteel.model.conformance;
