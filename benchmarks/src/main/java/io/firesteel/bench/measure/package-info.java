/** Measures how fast a model runs and what the device does meanwhile. */
package io.firesteel.bench.measure;
