/**
 * HTTP without the models: routes, limits, access, event streams, clients that vanish, and what is
 * recorded of each request.
 */
package io.firesteel.server.http;
