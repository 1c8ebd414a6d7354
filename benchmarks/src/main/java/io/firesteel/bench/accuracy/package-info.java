/**
 * How far one engine's results are from a reference's, teacher-forced over a text and over the full
 * vocabulary.
 */
package io.firesteel.bench.accuracy;
