/**
 * The installed TornadoVM: where it is, whether it suits, what it can run on, and how Java must be
 * started so that it works.
 */
package io.firesteel.tornado.sdk;
