/** The commands of this module. */
package io.firesteel.bench.cli;
