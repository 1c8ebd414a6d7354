/** Measures every op of a model in each form and keeps the faster one in the settings file. */
package io.firesteel.tornado.tune;
