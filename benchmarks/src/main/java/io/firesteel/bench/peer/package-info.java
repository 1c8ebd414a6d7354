/** Other programs measured on the same model, at the same depths. */
package io.firesteel.bench.peer;
