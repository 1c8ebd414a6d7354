/**
 * What every implementation of the decode graph has to pass: cases for each op against {@link
 * io.firesteel.model.reference.ReferenceOps}, and the trained model's reference outputs for whole
 * engines. Shipped as a test jar; an engine's module runs it with a subclass of {@link
 * io.firesteel.model.conformance.OpsConformance} and one of {@link
 * io.firesteel.model.conformance.EngineConformance}.
 */
package io.firesteel.model.conformance;
