/** Judges a candidate's measured rates against a baseline's. */
package io.firesteel.bench.gate;
