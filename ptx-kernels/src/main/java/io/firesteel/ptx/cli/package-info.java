/** Commands that only the PTX engine offers. */
package io.firesteel.ptx.cli;
