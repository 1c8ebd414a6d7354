/** Model architectures: from a file's metadata and tensors to a typed configuration and weights. */
package io.firesteel.model.arch;
