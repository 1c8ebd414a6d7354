/** The PTX kernels as other engines take them into their graphs. */
package io.firesteel.ptx.prebuilt;
