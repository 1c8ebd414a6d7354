/** Engines and ops with a fault each, registered in tests so that it must be found. */
package io.firesteel.bench.fault;
