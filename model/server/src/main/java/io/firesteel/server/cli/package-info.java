/** The command line of the server. */
package io.firesteel.server.cli;
