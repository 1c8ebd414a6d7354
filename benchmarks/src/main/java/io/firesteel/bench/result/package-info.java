/** Results as JSON that says what was measured, on what, and how. */
package io.firesteel.bench.result;
