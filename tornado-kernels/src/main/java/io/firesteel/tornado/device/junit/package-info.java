/**
 * Tests of kernels with JUnit: a device for each seed as a parameter, and assertions.
 *
 * <p>JUnit is not among the dependencies of the module; whoever uses this package has it anyway.
 */
package io.firesteel.tornado.device.junit;
