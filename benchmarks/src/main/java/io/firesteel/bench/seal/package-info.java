/** Signatures of results, so that one that is passed on can be checked. */
package io.firesteel.bench.seal;
